/* Debian's own SQLite at work in a program without a C library: SQL in memory and in
 * a file, functions called back in the host, its mathematics by glibc's libm. */
#include "libm.h"

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef struct sqlite3_context sqlite3_context;
typedef struct sqlite3_value sqlite3_value;
enum { SQLITE_OK = 0, SQLITE_CONSTRAINT = 19, SQLITE_ROW = 100, SQLITE_DONE = 101 };
enum { SQLITE_UTF8 = 1 };

FUNCTION(const char *, sqlite3_libversion, void);
FUNCTION(int, sqlite3_compileoption_used, const char *name);
FUNCTION(int, sqlite3_open, const char *path, sqlite3 **db);
FUNCTION(int, sqlite3_close, sqlite3 *db);
FUNCTION(const char *, sqlite3_errmsg, sqlite3 *db);
FUNCTION(int, sqlite3_exec, sqlite3 *db, const char *sql,
	int (*each)(void *context, int count, char **values, char **names),
	void *context, char **error);
FUNCTION(int, sqlite3_prepare_v2, sqlite3 *db, const char *sql, int size,
	sqlite3_stmt **out, const char **tail);
FUNCTION(int, sqlite3_bind_int64, sqlite3_stmt *s, int index, int64_t value);
FUNCTION(int, sqlite3_bind_double, sqlite3_stmt *s, int index, double value);
FUNCTION(int, sqlite3_bind_text, sqlite3_stmt *s, int index, const char *text, int size,
	void (*release)(void *));
FUNCTION(int, sqlite3_step, sqlite3_stmt *s);
FUNCTION(int, sqlite3_reset, sqlite3_stmt *s);
FUNCTION(int, sqlite3_finalize, sqlite3_stmt *s);
FUNCTION(const char *, sqlite3_column_text, sqlite3_stmt *s, int column);
FUNCTION(int, sqlite3_create_function, sqlite3 *db, const char *name, int arguments,
	int encoding, void *context,
	void (*function)(sqlite3_context *, int, sqlite3_value **),
	void (*step)(sqlite3_context *, int, sqlite3_value **),
	void (*final)(sqlite3_context *));
FUNCTION(int64_t, sqlite3_value_int64, sqlite3_value *value);
FUNCTION(void, sqlite3_result_int64, sqlite3_context *c, int64_t value);
FUNCTION(void, sqlite3_result_error, sqlite3_context *c, const char *text, int size);
FUNCTION(char *, sqlite3_mprintf, const char *format, ...);
FUNCTION(void, sqlite3_free, void *at);

/* The first value of the first row. */
static int gives(sqlite3 *db, const char *sql, const char *expected)
{
	sqlite3_stmt *s = NULL;
	const char *text = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
		sqlite3_step(s) == SQLITE_ROW)
		text = sqlite3_column_text(s, 0);
	int ok = text && same(text, expected);
	if (!ok) note("got", text ? text : sqlite3_errmsg(db));
	sqlite3_finalize(s);
	return ok;
}

static int run(sqlite3 *db, const char *sql)
{
	int r = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (r != SQLITE_OK) note("sqlite3_exec:", sqlite3_errmsg(db));
	return r == SQLITE_OK;
}

static void collatz(sqlite3_context *c, int count, sqlite3_value **values)
{
	int64_t n = sqlite3_value_int64(values[0]), steps = 0;
	if (count != 1 || n < 1) {
		sqlite3_result_error(c, "collatz: not a positive number", -1);
		return;
	}
	for (; n != 1; steps++) n = n % 2 ? 3 * n + 1 : n / 2;
	sqlite3_result_int64(c, steps);
}

static int count_row(void *context, int count, char **values, char **names)
{
	int *rows = context;
	if (count != 2 || !same(names[1], "name") || !values[1]) return 1;
	++*rows;
	return 0;
}

static void fill(sqlite3 *db)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	sqlite3_stmt *s = NULL;
	int stored = 0;
	check(run(db,
		"create table item(id integer primary key, name text, price real);"
		"create table sale(item integer references item, amount integer);"
		"create index sale_item on sale(item)"));
	check(sqlite3_prepare_v2(db, "insert into item values(?, ?, ?)", -1, &s,
		      NULL) == SQLITE_OK);
	check(run(db, "begin"));
	for (int i = 1; i <= 1000; i++) {
		sqlite3_bind_int64(s, 1, i);
		sqlite3_bind_text(s, 2, names[i % 4], -1, NULL);
		sqlite3_bind_double(s, 3, i / 8.0);
		stored += sqlite3_step(s) == SQLITE_DONE;
		sqlite3_reset(s);
	}
	check(stored == 1000);
	check(sqlite3_finalize(s) == SQLITE_OK);
	check(run(db,
		"insert into sale select id * 7 % 1000 + 1, id % 5 from item;"
		"insert into sale select id * 3 % 1000 + 1, 2 from item; commit"));
}

static void ask(sqlite3 *db)
{
	int rows = 0;
	check(gives(
		db, "select count(*) || ' ' || sum(price) from item", "1000 62562.5"));
	check(gives(db,
		"select group_concat(name || n, ' ') from (select name, count(*) n "
		"from item "
		"where price > 50 group by name order by name)",
		"four150 one150 three150 two150"));
	check(gives(db,
		"select printf('%.3f', sum(price * amount)) from sale join item on "
		"item = id",
		"250375.000"));
	check(sqlite3_exec(db, "select id, name from item where id % 10 = 0", count_row,
		      &rows, NULL) == SQLITE_OK);
	check(rows == 100);
	check(gives(db,
		"with recursive n(i) as (select 1 union all select i + 1 from n "
		"where i < 50000) select sum(i) from n",
		"1250025000"));
	check(gives(db, "select printf('%.10g %e', 1e100 / 3, 1.0 / 7)",
		"3.333333333e+99 1.428571e-01"));
	check(gives(db, "select cast('123.456e-2' as real) * 2", "2.46912"));
	if (sqlite3_compileoption_used("ENABLE_MATH_FUNCTIONS")) /* since 3.35 */
		check(gives(db,
			"select printf('%.12f', sin(1) + pow(2, 0.5) + ln(10) + "
			"exp(1))",
			"7.276551468634"));
	check(gives(db, "select date('2024-02-28', '+2 days')", "2024-03-01"));
	check(gives(db, "select strftime('%Y', 'now') >= '2024'", "1"));
	check(gives(
		db, "select json_extract('{\"a\":[1,2,{\"b\":3}]}', '$.a[2].b')", "3"));
	check(gives(db, "select upper('abc') || length('äöü') || hex(zeroblob(2))",
		"ABC30000"));
	check(gives(
		db, "select name from item where name like 'T%EE' limit 1", "three"));
}

static void callbacks(sqlite3 *db)
{
	char *error = NULL;
	check(sqlite3_create_function(db, "collatz", 1, SQLITE_UTF8, NULL, collatz,
		      NULL, NULL) == SQLITE_OK);
	check(gives(db, "select collatz(27) || ' ' || max(collatz(id)) from item",
		"111 178"));
	check(sqlite3_exec(db, "select collatz(0)", NULL, NULL, &error) != SQLITE_OK);
	check(error && same(error, "collatz: not a positive number"));
	sqlite3_free(error);
	check(sqlite3_exec(db, "insert into item values(1, '', 0)", NULL, NULL,
		      &error) == SQLITE_CONSTRAINT);
	check(error && same(error, "UNIQUE constraint failed: item.id"));
	sqlite3_free(error);
}

static void in_memory(void)
{
	sqlite3 *db = NULL;
	check(sqlite3_open(":memory:", &db) == SQLITE_OK);
	fill(db);
	ask(db);
	callbacks(db);
	check(sqlite3_close(db) == SQLITE_OK);
}

/* open, fcntl, pread, pwrite, fdatasync, unlink ... of the host. */
static void in_file(const char *folder)
{
	sqlite3 *db = NULL;
	char *path = sqlite3_mprintf("%s/test.db", folder);
	check(sqlite3_open(path, &db) == SQLITE_OK);
	check(run(db, "drop table if exists item; drop table if exists sale"));
	fill(db);
	check(run(db, "begin; delete from item; rollback"));
	check(sqlite3_close(db) == SQLITE_OK);
	check(sqlite3_open(path, &db) == SQLITE_OK);
	ask(db);
	check(gives(db, "pragma integrity_check", "ok"));
	check(sqlite3_close(db) == SQLITE_OK);
	check(sqlite3_open("/nonexistent/file", &db) != SQLITE_OK);
	check(same(sqlite3_errmsg(db), "unable to open database file"));
	sqlite3_close(db);
	sqlite3_free(path);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	provide_libc(envp);
	void *libm = open_libm(), *sqlite = open_library("libsqlite3.so.0");
	FIND(sqlite, sqlite3_libversion), FIND(sqlite, sqlite3_open);
	FIND(sqlite, sqlite3_close), FIND(sqlite, sqlite3_errmsg);
	FIND(sqlite, sqlite3_exec), FIND(sqlite, sqlite3_prepare_v2);
	FIND(sqlite, sqlite3_bind_int64), FIND(sqlite, sqlite3_bind_double);
	FIND(sqlite, sqlite3_bind_text), FIND(sqlite, sqlite3_step);
	FIND(sqlite, sqlite3_reset), FIND(sqlite, sqlite3_finalize);
	FIND(sqlite, sqlite3_column_text), FIND(sqlite, sqlite3_create_function);
	FIND(sqlite, sqlite3_value_int64), FIND(sqlite, sqlite3_result_int64);
	FIND(sqlite, sqlite3_result_error), FIND(sqlite, sqlite3_mprintf);
	FIND(sqlite, sqlite3_free), FIND(sqlite, sqlite3_compileoption_used);
	note("SQLite", sqlite3_libversion());
	in_memory();
	const char *folder = environment(envp, "TEST_DIR");
	if (folder) in_file(folder);
	check(bdl_close(sqlite) == 0);
	close_libm(libm);
	return finished("libsqlite3.so");
}
