-- What lua.c has Debian's Lua do. is() is the host's: a line of TAP for each call;
-- add() too. Numbers are the host's snprintf and strtod, errors and coroutines its
-- setjmp and longjmp, mathematics glibc's libm.

-- numbers and strings
is(1 + 2, 3)
is(7 // 2 .. ' ' .. 7 / 2 .. ' ' .. 2 ^ 53 .. ' ' .. -7 % 3, '3 3.5 9.007199254741e+15 2')
is(0.1 .. ' ' .. 1e100 .. ' ' .. 1 / 3 .. ' ' .. 100.0, '0.1 1e+100 0.33333333333333 100.0')
is(1 / 0 .. ' ' .. -1 / 0, 'inf -inf')
is(('%d %5.1f|%-8s|%08.3f %x'):format(42, 2.25, 'left', -3.14159, 255),
	'42   2.2|left    |-003.142 ff')
is(('%q %g %a %q'):format('a"b', 1e-10, 0.5, 0.1), '"a\\"b" 1e-10 0x1p-1 0x1.999999999999ap-4')
is(tonumber('0x1.8p3') .. ' ' .. tonumber('  12.5e1  ') .. ' ' .. tonumber('zz', 36), '12.0 125.0 1295')
is(tonumber('1e'), nil)
is(('hello world'):gsub('o', { o = '0' }), 'hell0 w0rld')
is(('key = value'):match('^(%w+)%s*=%s*(%w+)$'), 'key')
is(('x'):rep(5, ',') .. ('abc'):byte(2) .. string.char(65, 66), 'x,x,x,x,x98AB')
is(string.unpack('<i4', string.pack('<i4', -2)), -2)
is(utf8.char(228, 8364) .. utf8.len('äö'), 'ä€2')

-- tables
local t = {}
for i = 1, 1000 do t[i] = (i * 7919) % 1000 end
table.sort(t)
is(t[1] .. ' ' .. t[500] .. ' ' .. t[1000] .. ' ' .. #t, '0 499 999 1000')
t = {}
for word in ('the quick brown fox'):gmatch('%a+') do t[#t + 1] = word:upper() end
is(table.concat(t, '-'), 'THE-QUICK-BROWN-FOX')

-- coroutines
local c = coroutine.wrap(function(a)
	for i = 1, 3 do a = a + coroutine.yield(a * i) end
	return 'end'
end)
is(c(10) .. ' ' .. c(1) .. ' ' .. c(2) .. ' ' .. c(3), '10 22 39 end')
local sum = 0
for i = 1, 2000 do
	local co = coroutine.create(function()
		coroutine.yield(i)
		error({ i })
	end)
	coroutine.resume(co)
	local ok, e = coroutine.resume(co)
	sum = sum + (ok and 0 or e[1])
end
is(sum, 2001000)

-- errors
local ok, e = pcall(error, 'thrown', 0)
is(tostring(ok) .. ' ' .. e, 'false thrown')
ok, e = pcall(function() local x = nil; return x.y end)
is(e:match(':%d+: (.*)'), "attempt to index a nil value (local 'x')")
local failed = 0
for _ = 1, 100000 do if not pcall(error) then failed = failed + 1 end end
is(failed, 100000)
local function deep(n) return n == 0 and error('deep', 0) or 1 + deep(n - 1) end
is(select(2, pcall(deep, 150)), 'deep')
local function endless() return endless() + 1 end
is(select(2, pcall(endless)):match('stack overflow'), 'stack overflow')
is(select(2, pcall(string.rep, 'x', 1 << 62)), 'resulting string too large')
is(select(2, xpcall(error, function(m) return 'handled ' .. m end, 'it', 0)), 'handled it')
is(load('return ...', 'chunk', 't', {})('loaded'), 'loaded')
is(select(2, load('x =', '=chunk')), 'chunk:1: unexpected symbol near <eof>')

-- garbage
local closed, collected = '', 0
do local _ <close> = setmetatable({}, { __close = function() closed = 'yes' end }) end
is(closed, 'yes')
do local _ = setmetatable({}, { __gc = function() collected = collected + 1 end }) end
collectgarbage()
is(collected, 1)
for i = 1, 200000 do t[i % 100] = { i, tostring(i) } end
collectgarbage()
is(collectgarbage('count') < 1000, true)

-- mathematics and time
is(math.floor(-3.7) .. ' ' .. math.maxinteger .. ' ' .. math.pi, '-4 9223372036854775807 3.1415926535898')
is(('%.12f'):format(math.sin(1) + math.exp(1) + math.log(10) + 2 ^ 0.5), '7.276551468634')
is(math.fmod(-7, 3) .. ' ' .. math.tointeger(3.0) .. ' ' .. 7.5 // 2, '-1 3 3.0')
is(os.date('!%Y-%m-%d %H:%M:%S', 1709164800), '2024-02-29 00:00:00')
is(os.time({ year = 2024, month = 2, day = 29, hour = 0 }), 1709164800)
is(os.time() > 1700000000 and os.clock() >= 0, true)

-- the host's function
is(add(40, 2), 42)
is(select(2, pcall(add, 40, 200)), "42 is too much for 'add'")
is(select(2, pcall(add, 'x', 2)), "bad argument #1 to 'add' (number expected, got string)")

-- files
is(select(2, io.open('/nonexistent/file')):match('^/nonexistent/file: '), '/nonexistent/file: ')
local folder = os.getenv('TEST_DIR')
if folder then
	local path = folder .. '/lua.txt'
	local f = assert(io.open(path, 'w'))
	f:write('one\n', 2, '\n3.5 0x10')
	f:close()
	t = {}
	for line in io.lines(path) do t[#t + 1] = line end
	is(table.concat(t, '|'), 'one|2|3.5 0x10')
	f = assert(io.open(path))
	f:seek('set', 6)
	local a, b = f:read('n', 'n')
	is(a + b, 19.5)
	f:seek('set')
	is(#f:read('a') + #f:read('a'), 14)
	f:close()
end
