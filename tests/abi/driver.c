/* driver.c [NUMBER] - runs the signatures of the batches that it is linked with, or the
 * one of this number.
 *
 * The compiler's own call of its own function comes first, then bdl_invoke of that
 * function, and that call of a callback. All are compared with what was given, bit by
 * bit, padding left out. */
#include "check.h"

/* ---- callbacks ------------------------------------------------------------------ */

/* What a handler may count upon. */
static size_t alignment(int type)
{
	return least(
		type_of(type)->align, careless || ARCH_ELF_MACHINE == 183 ? 16 : 4096);
}

static void handler(void *its_user, void *its_result, void *const *argv)
{
	bool first = dice_below(2), has = row->result >= 0;
	handled++;
	if (its_user != user) wrong("another user");
	if (has && first) memcpy(its_result, answer, result_size());
	if (result_size() && (uintptr_t)its_result % alignment(row->result))
		wrong("the handler's result is not aligned");
	for (int i = 0; i < row->count; i++) {
		const struct abi_type *t = type_of(row->types[i]);
		if (t->size && (uintptr_t)argv[i] % alignment(row->types[i]))
			complain("not aligned is the handler's argument", NULL, i + 1);
		compare("the handler's argument", i + 1, argv[i], given[i],
			shape[row->types[i]].check, t->size);
	}
	/* they are the handler's, if they are at all */
	for (int i = 0; i < row->count && !failed; i++)
		dice_bytes(argv[i], type_of(row->types[i])->size);
	if (has && !first) memcpy(its_result, answer, result_size());
}

static void check_handled(void)
{
	if (handled != 1) wrong("the handler does not run once");
}

/* ---- steps ---------------------------------------------------------------------- */

typedef void caller(void *function, void *const *argv, void *result);
typedef int invoker(const struct bdl_plan *, const void *, void *, void *const *);
typedef int invoker_on(
	const struct bdl_plan *, const void *, void *, void *const *, void *, size_t);

static bool by_caller(caller *g, void *function, void (*check_callee)(void))
{
	careless = batch->careless;
	prepare_call((void *)g, function);
	((caller *)guarded)(guarded, args, kept);
	if (!check_call()) return false;
	check_callee();
	check_kept();
	return !failed;
}

static void by_invoke(
	const struct bdl_plan *plan, void *function, void (*check_callee)(void))
{
	careless = false;
	prepare_call((void *)bdl_invoke, function);
	int status = ((invoker *)guarded)(
		plan, guarded, row->result < 0 && dice_below(2) ? NULL : result, args);
	if (!check_call()) return;
	if (status) wrong("returns not 0");
	check_callee();
	check_result();
}

static void by_invoke_on(
	const struct bdl_plan *plan, void *function, void (*check_callee)(void))
{
	size_t size = STACK - AROUND - dice_below(64);
	for (size_t n = size; n < STACK; n++) stack[n] = canary(n);
	careless = false;
	prepare_call((void *)bdl_invoke_on, function);
	int status = ((invoker_on *)guarded)(plan, guarded, result, args, stack, size);
	if (!check_call()) return;
	if (status) wrong("returns not 0");
	if (guards[1].sp - (uintptr_t)stack > size) wrong("is not on that stack");
	for (size_t n = size; n < STACK; n++)
		if (stack[n] != canary(n)) wrong("writes above the stack");
	check_callee();
	check_result();
}

/* A plan in one of the places where it may be. */
static struct bdl_plan *prepare(void)
{
	step = "bdl_prepare";
	size_t size = BDL_PLAN_SIZE((unsigned)row->count);
	unsigned where = dice_below(3), flags = dice_below(4) ? 0 : BDL_CALL_ERRNO;
	has_stack = !dice_below(4);
	unsigned char *memory = slots[0] + PAGES / 4, *copy = slots[1] + PAGES / 4;
	if (has_stack) flags |= BDL_CALL_STACK;
	memset(memory + size, 0xc5, AROUND);
	struct bdl_plan *plan =
		bdl_prepare(row->text, flags, where ? memory + 8 : NULL, size);
	if (!plan) {
		wrong(bdl_error());
		return NULL;
	}
	for (unsigned i = 8; i < AROUND; i++)
		if (memory[size + i] != 0xc5) wrong("writes behind the plan");
	if (bdl_plan_size(plan) > size) wrong("needs more than BDL_PLAN_SIZE");
	if (has_stack && bdl_plan_stack(plan, dice_below(4) ? stack : NULL, STACK))
		wrong("bdl_plan_stack fails");
	if (where < 2) return plan;
	size = bdl_plan_size(plan);
	memcpy(copy, plan, size);
	memset(memory, 0xff, size + 8);
	return (struct bdl_plan *)copy;
}

static void new_values(void)
{
	for (int i = 0; i < row->count; i++) {
		const struct abi_type *t = type_of(row->types[i]);
		args[i] = place((unsigned)i, t);
		randomize(args[i], t, row->types[i]);
		memcpy(given[i], args[i], t->size);
	}
	result = slots[ABI_MOST] + PAGES / 2;
	if (row->result >= 0) {
		result = place(ABI_MOST, type_of(row->result));
		randomize(answer, type_of(row->result), row->result);
	}
	abi_give = answer;
	user = (void *)dice_roll();
}

/* Says whether it is the compilers that do not agree. */
static void ask_others(void)
{
	const struct abi_batch *mine = batch;
	if (shown > SHOWN) return;
	quiet = true;
	for (const struct abi_batch *const *o = __start_abi_batches;
		o < __stop_abi_batches; o++) {
		const struct abi_row *other = &(*o)->rows[number];
		if (*o == mine || !other->f) continue;
		failed = false;
		by_caller(other->g, row->f, check_seen);
		by_caller(row->g, other->f, check_seen);
		tap_puts(
			failed ? "#   it does not agree with " : "#   it agrees with ");
		tap_puts((*o)->compiler);
		tap_puts("\n");
	}
	quiet = false;
	failed = true;
}

/* The signature [row] in [batch]: whether all is right. */
static bool run(void)
{
	failed = false;
	complaints = 0;
	struct bdl_plan *plan = prepare();
	if (!plan) return false;
	new_values();
	step = "the compiler's own call";
	if (!by_caller(row->g, row->f, check_seen)) return own_faults++, false;
	step = "bdl_invoke";
	by_invoke(plan, row->f, check_seen);
	step = "bdl_callback_new";
	void *callback = bdl_callback_new(plan, handler, user);
	if (!callback) return wrong(bdl_error()), false;
	step = "callback";
	by_caller(row->g, callback, check_handled);
	switch (dice_below(has_stack ? 2 : 4)) {
	case 0:
		step = "bdl_invoke of a callback";
		by_invoke(plan, callback, check_handled);
		break;
	case 2:
		step = "bdl_invoke_on";
		by_invoke_on(plan, row->f, check_seen);
		break;
	case 3:
		step = "bdl_invoke_on of a callback";
		by_invoke_on(plan, callback, check_handled);
		break;
	}
	step = "bdl_callback_free";
	if (bdl_callback_free(callback)) wrong("fails");
	bdl_plan_free(plan);
	return !failed;
}

/* ---- all signatures ------------------------------------------------------------- */

static bool run_row(unsigned which, unsigned times)
{
	bool right = true;
	batch = __start_abi_batches[which];
	shape = shapes[which];
	row = &batch->rows[number];
	for (unsigned i = 0; i < times && right; i++) {
		dice_start(batch->seed, row->text, number + (i << 20));
		right = run();
	}
	if (right || shown++ > SHOWN) return right;
	ask_others();
	return false;
}

static void corner(unsigned batches)
{
	char line[1024] = "", *end = line, *last = line + sizeof line - 1;
	bool right = true, any = false;
	const char *why = "";
#define ADD(text) \
	for (const char *from = (text); *from && end < last;) *end++ = *from++
	const struct abi_row *first = &__start_abi_batches[0]->rows[number];
	ADD(first->name);
	ADD("  ");
	ADD(first->text);
	ADD(" ");
	for (unsigned i = 0; i < batches; i++) {
		const struct abi_batch *b = __start_abi_batches[i];
		const struct abi_row *r = &b->rows[number];
		if (r->why && !same_text(why, r->why)) {
			why = r->why;
			tap_puts("# ");
			tap_puts(r->name);
			tap_puts(": ");
			tap_puts(why);
			tap_puts("\n");
		}
		if (!r->f) continue;
		shown = 0;
		any = true;
		right &= run_row(i, MANY);
		ADD(" ");
		for (const char *c = b->compiler; *c && *c != ' ' && end < last;)
			*end++ = *c++;
	}
#undef ADD
	*end = 0;
	if (any) {
		tap_result(right, line);
	} else {
		tap_puts("# no compiler here has the types of ");
		tap_puts(line);
		tap_puts("\n");
	}
}

/* A few signatures may be wrong in the compiler's own call: compilers have faults. */
static void sweep(unsigned which, unsigned from, unsigned to)
{
	const struct abi_batch *b = __start_abi_batches[which];
	unsigned ran = 0, bad = 0;
	shown = own_faults = 0;
	for (number = from; number < to; number++) {
		if (!b->rows[number].f) continue;
		ran++;
		bad += !run_row(which, 1);
	}
	bool right = ran && bad == own_faults && own_faults <= ran / 100;
	tap_puts(right ? "ok 0 - " : "not ok 0 - ");
	tap_num((int)(ran - bad));
	tap_puts(" of ");
	tap_num((int)ran);
	tap_puts(" signatures, ");
	if (own_faults) {
		tap_num((int)own_faults);
		tap_puts(" wrong by the compiler itself, ");
	}
	tap_puts(b->seed);
	tap_puts(", ");
	tap_puts(b->compiler);
	tap_puts("\n");
	tap_count++;
	tap_failed |= !right;
}

int main(int argc, char **argv)
{
	unsigned batches = (unsigned)(__stop_abi_batches - __start_abi_batches);
	const struct abi_batch *first = __start_abi_batches[0];
	unsigned from = 0, to = first->row_count;
	if (batches > sizeof shapes / sizeof *shapes) fatal("too many batches");
	catch_crashes();
	for (unsigned i = 0; i <= ABI_MOST; i++) slots[i] = pages(PAGES);
	for (unsigned i = 0; i < ABI_MOST; i++) {
		given[i] = take(LARGEST, 4096);
		abi_seen[i] = take(LARGEST, 4096);
	}
	answer = take(LARGEST, 4096);
	kept = take(LARGEST, 4096);
	stack = pages(STACK);
	for (unsigned i = 0; i < batches; i++) {
		const struct abi_batch *b = __start_abi_batches[i];
		shapes[i] = take(b->type_count * sizeof *shapes[i], 16);
		for (unsigned k = 0; k < b->type_count; k++)
			shapes[i][k] = shape_of(&b->types[k]);
	}
	if (argc > 1) from = number_of(argv[1]), to = from + 1;
	if (to > first->row_count) fatal("no such number");
	if (first->row_count && first->rows[0].name)
		for (number = from; number < to; number++) corner(batches);
	else
		for (unsigned i = 0; i < batches; i++) sweep(i, from, to);
	return done();
}

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	static const struct bdl_config late = { .flags = BDL_LATE };
	(void)argc, (void)argv, (void)envp;
	return &late;
}
