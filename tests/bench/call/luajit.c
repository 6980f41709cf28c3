/* LuaJIT: loops in Lua, which it compiles together with the calls. Calls with structs by
 * value and callbacks are interpreted. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include "call.h"

static const char script[] =
	"local ffi = require 'ffi'\n"
	"ffi.cdef[[\n"
	"struct pair { double x; long y; };\n"
	"typedef int (*order)(int, int);\n"
	"int t_ii(int, int);\n"
	"double t_dd(double, double);\n"
	"int t_i6(int, int, int, int, int, int);\n"
	"long t_mix10(int, long, double, int, long, double, int, long, long, int);\n"
	"struct pair t_s16(struct pair, long);\n"
	"int t_callback(order, long);\n"
	"]]\n"
	"local C = ffi.C\n"
	"function ii(n)\n"
	"  local a = 0\n"
	"  for i = 0, n - 1 do a = C.t_ii(a, i) end\n"
	"  return a\n"
	"end\n"
	"function dd(n)\n"
	"  local a = 0\n"
	"  for i = 0, n - 1 do a = C.t_dd(a, 1.5) end\n"
	"  return a\n"
	"end\n"
	"function i6(n)\n"
	"  local a = 0\n"
	"  for i = 0, n - 1 do a = C.t_i6(a, i, 3, 4, 5, 6) end\n"
	"  return a\n"
	"end\n"
	"function mix10(n)\n"
	"  local a = 0LL\n"
	"  for i = 0, n - 1 do a = C.t_mix10(1, a, 3, 4, 5, 6, 7, 8, i, 10) end\n"
	"  return tonumber(a)\n"
	"end\n"
	"function s16(n)\n"
	"  local p = ffi.new('struct pair')\n"
	"  for i = 0, n - 1 do p = C.t_s16(p, i) end\n"
	"  return tonumber(p.y) + p.x\n"
	"end\n"
	"local user = 0\n"
	"local function add(a, b) return bit.tobit(a + b + user) end\n"
	"local f = ffi.cast('order', add)\n"
	"function callback(n) return C.t_callback(f, n) end\n"
	"jit.off(callback) -- or it could come back into compiled code\n"
	"function make(n)\n"
	"  for i = 1, n do ffi.cast('order', add):free() end\n"
	"  return n\n"
	"end\n";

static lua_State *lua;

static void check(int status)
{
	if (!status) return;
	fprintf(stderr, "luajit: %s\n", lua_tostring(lua, -1));
	exit(1);
}

static long run(const char *function, long n)
{
	if (!lua) {
		lua = luaL_newstate();
		luaL_openlibs(lua);
		check(luaL_dostring(lua, script));
	}
	lua_getglobal(lua, function);
	lua_pushinteger(lua, n);
	check(lua_pcall(lua, 1, 1, 0));
	long result = (long)lua_tonumber(lua, -1);
	lua_pop(lua, 1);
	return result;
}

#define LUA_CASE(row) \
	static long row(long n) { return run(#row, n); } \
	CASE("luajit", #row, row)

LUA_CASE(ii)
LUA_CASE(dd)
LUA_CASE(i6)
LUA_CASE(mix10)
LUA_CASE(s16)
LUA_CASE(callback)
LUA_CASE(make)
