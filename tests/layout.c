/* layout.c - bdl_layout() tells how a described type lies in memory; what a plan takes of
 * a stack, and what is refused. */
#include "bare.h"

struct mixed {
	int bits : 3;
	char c;
	_Alignas(16) double d;
	float f[3];
};

static void layouts(void)
{
	struct bdl_layout l;
	uint64_t at[4] = { 0 };
	check(!bdl_layout("{i:3c@16d[3f]}", &l, at, 4));
	check(l.size == sizeof(struct mixed) && l.align == _Alignof(struct mixed));
	check(l.members == 4);
	check(at[0] == 0 && at[1] == offsetof(struct mixed, c) * 8 &&
		at[2] == offsetof(struct mixed, d) * 8 &&
		at[3] == offsetof(struct mixed, f) * 8);
	at[1] = 7;
	check(!bdl_layout("{il}", &l, at, 1) && l.members == 2 && at[1] == 7);
	check(!bdl_layout("{il}", &l, NULL, 0) && l.size == 16);
	check(!bdl_layout("g", &l, NULL, 0) && l.size == 16 && l.members == 0);
	check(!bdl_layout(" < 4f >\n", &l, NULL, 0) && l.size == 16 && l.align == 16);
	check(!bdl_layout("u{l[3c]}", &l, at, 2) && l.size == 8 && at[1] == 0);
	check(bdl_layout("{i", &l, NULL, 0) == -1);
	check(same(bdl_error(),
		"type, character 3: '}' is missing here, at the end of \"{i\""));
	check(bdl_layout("i(i)", &l, NULL, 0) == -1);
	check(same(bdl_error(),
		"type, character 2: nothing follows a type, at \"(i)\" of \"i(i)\""));
	check(bdl_layout(NULL, &l, NULL, 0) == -1);

	const struct bdl_type i = { .kind = 'i' }, d = { .kind = 'd' };
	const struct bdl_type s = { .kind = '{',
		.count = 2,
		.of = (const struct bdl_type *const[]){ &i, &d } };
	check(!bdl_layout_type(&s, &l, at, 2) && l.size == 16 && at[1] == 64);
	check(bdl_layout_type(NULL, &l, at, 2) == -1);

	/* more types than find room on the stack */
	static char many[400];
	for (size_t n = 0; n < 200; n++) many[1 + n] = 'i';
	many[0] = '{', many[201] = '}';
	check(!bdl_layout(many, &l, at, 4) && l.size == 800 && l.members == 200);
	check(at[3] == 96);
}

static void stacks(void)
{
	static char stack[8192];
	struct bdl_plan *small = bdl_prepare("v(i)", BDL_CALL_STACK, NULL, 0);
	struct bdl_plan *large = bdl_prepare("v({[5000c]})", BDL_CALL_STACK, NULL, 0);
	check(small && large);
	check(bdl_plan_stack_size(small) == 0 && bdl_plan_stack_size(large) >= 5000);
	check((bdl_plan_stack_size(large) <= 8192) ==
		!bdl_plan_stack(large, stack, 8192));
	check(bdl_plan_stack(large, stack, 1000) == -1);
	check(bdl_plan_stack(large, NULL, 0) == 0);
	struct bdl_plan *none = bdl_prepare("v(i)", 0, NULL, 0);
	check(bdl_plan_stack(none, stack, sizeof stack) == -1);
	bdl_plan_free(small);
	bdl_plan_free(large);
	bdl_plan_free(none);
	bdl_plan_free(NULL);
}

static void handler(void *user, void *result, void *const *argv)
{
	(void)result, (void)argv;
	*(int *)user += 1;
}

/* A handler may give back its callback and its plan. */
struct once {
	void *callback;
	struct bdl_plan *plan;
};
static void once(void *user, void *result, void *const *argv)
{
	struct once *o = user;
	*(int *)result = *(int *)argv[0] + 1;
	bdl_callback_free(o->callback);
	bdl_plan_free(o->plan);
	/* where the plan was there is another now */
	bdl_prepare("g(g)", 0, NULL, 0);
}

static void callbacks(void)
{
	int calls = 0;
	struct bdl_plan *plan = bdl_prepare("v()", 0, NULL, 0);
	check(!bdl_callback_new(NULL, handler, NULL));
	check(!bdl_callback_new(plan, NULL, NULL));
	check(bdl_callback_free(NULL) == 0);
	void *a = bdl_callback_new(plan, handler, &calls);
	check(a != NULL);
	check(bdl_callback_free(a) == 0 && bdl_callback_free(a) == -1);
	void *b = bdl_callback_new(plan, handler, &calls);
	check(b && b != a); /* those that were never used come first */
	((void (*)(void))b)();
	check(calls == 1);
	check(bdl_callback_free(b) == 0);
	bdl_plan_free(plan);

	struct once o = { .plan = bdl_prepare("i(i)", 0, NULL, 0) };
	o.callback = bdl_callback_new(o.plan, once, &o);
	check(((int (*)(int))o.callback)(41) == 42);
}

int main(void)
{
	layouts();
	stacks();
	callbacks();
	return done();
}
