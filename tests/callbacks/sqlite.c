/* SQLite: its functions, aggregates, collations and hooks are callbacks. */
#include "callbacks.h"

enum {
	SQLITE_OK,
	SQLITE_ERROR_,
	SQLITE_ABORT_ = 4,
	SQLITE_INTERRUPT_ = 9,
	SQLITE_AUTH_ = 23
};
enum { UTF8 = 1 };

static void *sqlite, *db;
static void *q(const char *name) { return function(sqlite, name); }

static void open_db(void)
{
	const char *version = NULL;
	sqlite = opened("libsqlite3.so.0", BDL_NOW | BDL_RESIDENT);
	CALL("s()", q("sqlite3_libversion"), &version);
	note("sqlite", version);
	must(CALL_INT("i(s,p)", q("sqlite3_open"), S(":memory:"), P(&db)) == SQLITE_OK);
}

/* ---- rows as text, by sqlite3_exec's callback -------------------------------------------- */

static char rows[4000];
static size_t used;
static void add(const char *text)
{
	while (*text && used < sizeof rows - 1) rows[used++] = *text++;
	rows[used] = 0;
}

/* int (void *, int columns, char **values, char **names): "a,b;c,d;" */
static void row(void *user, void *result, void *const *argv)
{
	must(ARG(void *, 0) == user);
	for (int i = 0; i < ARG(int, 1); i++) {
		const char *value = ARG(const char **, 2)[i];
		must(ARG(const char **, 3)[i]);
		add(i ? "," : "");
		add(value ? value : "NULL");
	}
	add(";");
	RESULT(int) = 0;
}

static int execute(const char *sql, void *each, void *user)
{
	char *error = NULL;
	int got = CALL_INT("i(p,s,p,p,p)", q("sqlite3_exec"), &db, S(sql), &each, &user,
		P(&error));
	if (error) add("error:"), add(error);
	CALL("v(p)", q("sqlite3_free"), NULL, &error);
	return got;
}
static int gives(const char *sql, const char *expected)
{
	static int token;
	static void *each;
	if (!each) each = callback_of("i(p,i,p,p)", row, &token);
	used = 0, rows[0] = 0;
	execute(sql, each, &token);
	if (!same(rows, expected)) note("rows:", rows);
	return same(rows, expected);
}
static int does(const char *sql) { return gives(sql, ""); }

static void row_callback(void)
{
	open_db();
	must(does("create table t (n integer, s text)"));
	must(does("insert into t values (1, 'one'), (2, 'two'), (3, null)"));
	must(gives("select n, s from t order by n", "1,one;2,two;3,NULL;"));
	must(gives("select absent", "error:no such column: absent"));
	/* many rows */
	must(gives("with recursive c(n) as (select 1 union all select n + 1 from c "
		   "where n < "
		   "20) select n * n from c",
		"1;4;9;16;25;36;49;64;81;100;121;144;169;196;225;256;289;324;361;"
		"400;"));
}

/* it returns something: no more rows */
static void second_row(void *user, void *result, void *const *argv)
{
	(void)argv;
	RESULT(int) = ++*(int *)user == 2;
}
static void aborted(void)
{
	open_db();
	int calls = 0;
	must(does("create table t (n)"));
	must(does("insert into t values (1), (2), (3), (4)"));
	must(execute("select * from t", callback_of("i(p,i,p,p)", second_row, &calls),
		     NULL) == SQLITE_ABORT_);
	must(calls == 2);
}

/* ---- functions ------------------------------------------------------------------------------ */

static int destroyed;
static void destroys(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user);
	destroyed++;
}

static void create(const char *name, int arguments, void *app, void *f, void *step,
	void *final, void *destroy)
{
	/* nine arguments */
	must(CALL_INT("i(p,s,i,i,p,p,p,p,p)", q("sqlite3_create_function_v2"), &db,
		     &name, &arguments, A(int, UTF8), &app, &f, &step, &final,
		     &destroy) == SQLITE_OK);
}

/* void (sqlite3_context *, int, sqlite3_value **): a * x + y */
static struct bdl_plan *value_plan, *result_plan;
static void *value_int64, *result_int64;
static void weighs(void *user, void *result, void *const *argv)
{
	(void)result;
	void **values = ARG(void **, 2);
	long long x, y, sum;
	must(ARG(int, 1) == 2);
	must(CALL_POINTER("p(p)", q("sqlite3_user_data"), argv[0]) == user);
	INVOKE(value_plan, value_int64, &x, values);
	INVOKE(value_plan, value_int64, &y, values + 1);
	sum = *(int *)user * x + y;
	INVOKE(result_plan, result_int64, NULL, argv[0], &sum);
}
/* real numbers, and one that is refused */
static void roots(void *user, void *result, void *const *argv)
{
	(void)user, (void)result;
	double d = 0;
	CALL("d(p)", q("sqlite3_value_double"), &d, ARG(void **, 2));
	if (d < 0) {
		CALL("v(p,s,i)", q("sqlite3_result_error"), NULL, argv[0],
			S("no root of this"), A(int, -1));
		return;
	}
	double root = d;
	for (int i = 0; i < 60; i++) root = (root + d / root) / 2;
	CALL("v(p,d)", q("sqlite3_result_double"), NULL, argv[0], &root);
}
/* runs SQL of its own, with a row callback */
static void counts_tables(void *user, void *result, void *const *argv)
{
	(void)result;
	int count = 0;
	must(execute("select * from t", user, &count) == SQLITE_OK);
	CALL("v(p,i)", q("sqlite3_result_int"), NULL, argv[0], &count);
}
static void counts(void *user, void *result, void *const *argv)
{
	(void)user;
	++*ARG(int *, 0);
	RESULT(int) = 0;
}

static void functions(void)
{
	open_db();
	value_plan = plan_of("q(p)", 0), result_plan = plan_of("v(p,q)", 0);
	value_int64 = q("sqlite3_value_int64"),
	result_int64 = q("sqlite3_result_int64");
	static int ten = 10, hundred = 100;
	void *plan_free = callback_of("v(p)", destroys, &ten);
	create("weigh", 2, &ten, callback_of("v(p,i,p)", weighs, &ten), NULL, NULL,
		plan_free);
	create("weigh100", 2, &hundred, callback_of("v(p,i,p)", weighs, &hundred), NULL,
		NULL, callback_of("v(p)", destroys, &hundred));
	create("root", 1, NULL, callback_of("v(p,i,p)", roots, NULL), NULL, NULL, NULL);
	create("rows", 0, NULL,
		callback_of("v(p,i,p)", counts_tables,
			callback_of("i(p,i,p,p)", counts, NULL)),
		NULL, NULL, NULL);
	must(does("create table t (n)"));
	must(does("insert into t values (1), (2), (3)"));
	must(gives(
		"select weigh(n, 5), weigh100(n, n) from t", "15,101;25,202;35,303;"));
	must(gives("select weigh(5000000000, 1)", "50000000001;"));
	must(gives("select root(6.25), round(root(2), 6)", "2.5,1.414214;"));
	must(gives("select root(-1)", "error:no root of this"));
	must(gives("select rows() + n from t where rows() = 3", "4;5;6;"));
	must(gives("with recursive c(n) as (select 0 union all select n + 1 from c "
		   "where n < "
		   "9999) select sum(weigh(n, 1)) from c",
		"499960000;"));
	must(destroyed == 0);
	create("weigh", 2, NULL, NULL, NULL, NULL, NULL); /* taken away */
	must(destroyed == 1);
	must(gives("select weigh(1, 2)", "error:no such function: weigh"));
	must(CALL_INT("i(p)", q("sqlite3_close"), &db) == SQLITE_OK);
	must(destroyed == 2);
}

/* ---- aggregates ------------------------------------------------------------------------------ */

struct sum {
	double total;
	long rows;
};
static struct sum *sum_of(void *context, int size)
{
	return CALL_POINTER("p(p,i)", q("sqlite3_aggregate_context"), context, &size);
}
static void steps(void *user, void *result, void *const *argv)
{
	(void)user, (void)result;
	struct sum *s = sum_of(argv[0], sizeof *s);
	double d = 0;
	CALL("d(p)", q("sqlite3_value_double"), &d, ARG(void **, 2));
	s->total += d * d, s->rows++;
}
/* void (sqlite3_context *) */
static void finishes(void *user, void *result, void *const *argv)
{
	(void)result;
	struct sum *s = sum_of(argv[0], 0);
	double mean = s && s->rows ? s->total / (double)s->rows : -1;
	++*(int *)user;
	CALL("v(p,d)", q("sqlite3_result_double"), NULL, argv[0], &mean);
}

static void aggregates(void)
{
	open_db();
	int finished = 0;
	create("squares", 1, NULL, NULL, callback_of("v(p,i,p)", steps, NULL),
		callback_of("v(p)", finishes, &finished), NULL);
	must(does("create table t (n, part)"));
	must(does("insert into t values (1, 'a'), (2, 'b'), (3, 'a'), (4, 'b')"));
	must(gives("select squares(n) from t", "7.5;"));
	must(gives("select part, squares(n) from t group by part order by part",
		"a,5.0;b,10.0;"));
	must(gives("select squares(n) from t where n > 99", "-1.0;"));
	must(finished == 4);
}

/* ---- collations -------------------------------------------------------------------------------- */

/* int (void *, int, const void *, int, const void *): by length, then backwards */
static void collates(void *user, void *result, void *const *argv)
{
	int a = ARG(int, 1), b = ARG(int, 3), order = COMPARE_INTS(a, b);
	const char *s = ARG(const char *, 2), *t = ARG(const char *, 4);
	must(ARG(void *, 0) == user);
	while (!order && a--) {
		order = COMPARE_INTS(t[a], s[a]);
		if (!a) break;
	}
	RESULT(int) = order;
}

/* void (void *, sqlite3 *, int, const char *name): makes those that are asked for */
static void needs(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 1) == db && same(ARG(const char *, 3), "bylength"));
	must(CALL_INT("i(p,s,i,p,p,p)", q("sqlite3_create_collation_v2"), &db, argv[3],
		     A(int, UTF8), &user,
		     P(callback_of("i(p,i,p,i,p)", collates, user)),
		     P(callback_of("v(p)", destroys, user))) == SQLITE_OK);
}

static void collations(void)
{
	open_db();
	static int token;
	must(CALL_INT("i(p,p,p)", q("sqlite3_collation_needed"), &db, P(NULL),
		     P(callback_of("v(p,p,i,s)", needs, &token))) == SQLITE_OK);
	must(does("create table t (s text collate bylength)"));
	must(does(
		"insert into t values ('ccc'), ('b'), ('aa'), ('bb'), ('a'), ('cab')"));
	must(gives("select s from t order by s", "b;a;bb;aa;ccc;cab;"));
	must(does("create index i on t (s)"));
	must(gives("select s from t where s > 'aa' order by s", "ccc;cab;"));
	must(destroyed == 0);
	must(CALL_INT("i(p)", q("sqlite3_close"), &db) == SQLITE_OK);
	must(destroyed == 1);
}

/* ---- hooks --------------------------------------------------------------------------------------- */

static long long sum;
static int changes, commits;
/* void (void *, int, const char *, const char *, sqlite3_int64) */
static void updates(void *user, void *result, void *const *argv)
{
	(void)user, (void)result;
	must(same(ARG(const char *, 2), "main") && same(ARG(const char *, 3), "t"));
	changes++, sum += ARG(long long, 4);
}
static void commit(void *user, void *result, void *const *argv)
{
	(void)user, (void)argv;
	RESULT(int) = ++commits == 3; /* the third is rolled back */
}
/* int (void *, int, const char * x 4) */
static void authorizes(void *user, void *result, void *const *argv)
{
	(void)user;
	const char *table = ARG(const char *, 2);
	RESULT(int) =
		ARG(int, 1) == 20 /* SQLITE_READ */ && table && same(table, "secret");
}
static void progress(void *user, void *result, void *const *argv)
{
	(void)argv;
	RESULT(int) = ++*(int *)user == 50;
}

static void hooks(void)
{
	open_db();
	must(does("create table t (n)"));
	must(does("create table secret (n)"));
	CALL_POINTER("p(p,p,p)", q("sqlite3_update_hook"), &db,
		P(callback_of("v(p,i,s,s,q)", updates, NULL)), P(NULL));
	CALL_POINTER("p(p,p,p)", q("sqlite3_commit_hook"), &db,
		P(callback_of("i(p)", commit, NULL)), P(NULL));
	must(does("insert into t(rowid, n) values (5000000000, 1), (7, 2)"));
	must(changes == 2 && sum == 5000000007);
	must(does("delete from t where n = 2"));
	must(changes == 3 && sum == 5000000014 && commits == 2);
	must(gives("insert into t values (3)", "error:constraint failed"));
	must(gives("select count(*) from t", "1;"));
	must(CALL_INT("i(p,p,p)", q("sqlite3_set_authorizer"), &db,
		     P(callback_of("i(p,i,s,s,s,s)", authorizes, NULL)), P(NULL)) == 0);
	must(gives("select n from secret", "error:access to secret.n is prohibited") ||
		contains(rows, "not authorized"));
	must(gives("select n from t", "1;"));
	int calls = 0;
	CALL("v(p,i,p,p)", q("sqlite3_progress_handler"), NULL, &db, A(int, 100),
		P(callback_of("i(p)", progress, &calls)), P(NULL));
	must(execute("with recursive c(n) as (select 1 union all select n + 1 from c) "
		     "select "
		     "count(*) from c",
		     NULL, NULL) == SQLITE_INTERRUPT_);
	must(calls == 50);
}

TESTS({ "sqlite: rows by sqlite3_exec", row_callback, START },
	{ "sqlite: the same, on first need", row_callback, LATE },
	{ "sqlite: a callback ends sqlite3_exec", aborted, START },
	{ "sqlite: functions, their user data, destructors", functions, START },
	{ "sqlite: aggregates", aggregates, START },
	{ "sqlite: collations, made when needed", collations, START },
	{ "sqlite: hooks, an authorizer, a progress handler", hooks, START })
