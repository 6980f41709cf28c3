/* Debian's own Lua at work in a program without a C library: it reads script.lua and
 * runs it, with functions of the host. */
#include "libm.h"

typedef struct lua_State lua_State;
typedef int (*lua_CFunction)(lua_State *L);
enum { LUA_OK = 0, LUA_GCCOLLECT = 2, LUA_GCCOUNT = 3 };

FUNCTION(lua_State *, luaL_newstate, void);
FUNCTION(void, luaL_openlibs, lua_State *L);
FUNCTION(void, lua_close, lua_State *L);
FUNCTION(int, luaL_loadfilex, lua_State *L, const char *path, const char *mode);
FUNCTION(int, lua_pcallk, lua_State *L, int arguments, int results, int handler,
	intptr_t context, void *continuation);
FUNCTION(const char *, lua_tolstring, lua_State *L, int index, size_t *length);
FUNCTION(int, lua_toboolean, lua_State *L, int index);
FUNCTION(void, lua_pushcclosure, lua_State *L, lua_CFunction f, int upvalues);
FUNCTION(void, lua_setglobal, lua_State *L, const char *name);
FUNCTION(int64_t, luaL_checkinteger, lua_State *L, int argument);
FUNCTION(void, lua_pushinteger, lua_State *L, int64_t value);
FUNCTION(int, luaL_error, lua_State *L, const char *format, ...);
FUNCTION(int, lua_gc, lua_State *L, int what, ...);

static int hosts_add(lua_State *L)
{
	int64_t a = luaL_checkinteger(L, 1), b = luaL_checkinteger(L, 2);
	if (a + b > 100) return luaL_error(L, "%d is too much for '%s'", 42, "add");
	lua_pushinteger(L, a + b);
	return 1;
}

/* is(got, expected): equal, as text if they are not nil. */
static int hosts_is(lua_State *L)
{
	const char *expected = lua_tolstring(L, 2, NULL);
	const char *got = lua_tolstring(L, 1, NULL);
	int ok = got && expected ? same(got, expected)
				 : lua_toboolean(L, 1) == lua_toboolean(L, 2);
	tap_result(ok, expected ? expected : "a value without text");
	if (!ok) note("got", got);
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	provide_libc(envp);
	void *libm = open_libm(), *lua = open_library("liblua5.4.so.0");
	FIND(lua, luaL_newstate), FIND(lua, luaL_openlibs), FIND(lua, lua_close);
	FIND(lua, luaL_loadfilex), FIND(lua, lua_pcallk), FIND(lua, lua_tolstring);
	FIND(lua, lua_toboolean), FIND(lua, lua_pushcclosure), FIND(lua, lua_setglobal);
	FIND(lua, luaL_checkinteger), FIND(lua, lua_pushinteger), FIND(lua, luaL_error);
	FIND(lua, lua_gc);
	lua_State *L = luaL_newstate();
	check(L != NULL);
	luaL_openlibs(L);
	lua_pushcclosure(L, hosts_add, 0);
	lua_setglobal(L, "add");
	lua_pushcclosure(L, hosts_is, 0);
	lua_setglobal(L, "is");
	int before = tap_count;
	int r = luaL_loadfilex(L, "tests/freestanding/script.lua", NULL);
	check(r == LUA_OK);
	if (r == LUA_OK) r = lua_pcallk(L, 0, 0, 0, 0, NULL);
	check(r == LUA_OK);
	if (r != LUA_OK) note("lua:", lua_tolstring(L, -1, NULL));
	check(tap_count > before + 40);
	check(lua_gc(L, LUA_GCCOLLECT) == 0 && lua_gc(L, LUA_GCCOUNT) < 1000);
	lua_close(L);
	check(bdl_close(lua) == 0);
	close_libm(libm);
	return finished("liblua5.4.so");
}
