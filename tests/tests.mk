# tests.mk - examples, tests, benchmarks. Part of ../Makefile.

# A bare program: what README tells users to do, with the warnings on. Unused
# parts of the library are left out, segments packed; RELRO is ld.so's to apply.
BARE     := $(WARN) -std=c11 -Iinclude -ffreestanding -fno-stack-protector $(ARCH_CFLAGS)
PACKED   := -Wl,--gc-sections,-z,noseparate-code,-z,norelro,--build-id=none
EXAMPLES := $(patsubst examples/%/,$(BUILD)/examples/%,$(sort $(dir $(wildcard examples/*/*.c))))
EXAMPLES := $(filter-out %/demo,$(EXAMPLES))

# The plugin that examples/plugin opens.
PLUGIN := $(BUILD)/examples/shout.so
$(PLUGIN): examples/plugin/guest/shout.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(WARN) -std=c11 -ffreestanding $(CFLAGS) $(LDFLAGS) -fPIC -shared -nostdlib -o $@ $<

examples: $(EXAMPLES) $(PLUGIN)  ## build the examples as build/<machine>/examples/<name>

.SECONDEXPANSION:
$(EXAMPLES): $(BUILD)/examples/%: $$(wildcard examples/%/*.[ch]) $(LIB) include/baredl.h tests/tests.mk
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(BARE) $(CFLAGS) $(LDFLAGS) $(PACKED) -static -nostdlib -o $@ $(filter %.c %.a,$^)

# The responder is an ordinary program: it is the other side of the wire.
$(BUILD)/demo-responder: examples/demo/responder.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ $<

demo: $(BUILD)/examples/lookup $(BUILD)/demo-responder  ## a static program without libc calls libc's res_search
	@EXEC='$(EXEC)' sh examples/demo/demo.sh $^

# One program for each behaviour, each as a fixed-address and as a static-pie
# program; probes do what a script of the same name asks. They see the machine's
# contract for their system calls. (The frame header is what unwinders look for.)
BARE_TEST = mkdir -p $(@D); $(CC) $(CPPFLAGS) $(BARE) $(DEPS) -MF $@.d -Itests -Iarch -Iarch/$(MACHINE) \
	-Wno-missing-prototypes -fno-builtin -fasynchronous-unwind-tables -Wl,--eh-frame-hdr \
	$(CFLAGS) $(LDFLAGS) -nostdlib -o $@ $(filter %.c %.S %.a,$^)
TESTS_C := $(wildcard tests/*.c)
TESTS   := $(TESTS_C:tests/%.c=$(BUILD)/tests/%) $(BUILD)/tests/boot-probe
TESTS   += $(TESTS:=-pie) $(BUILD)/tests/failures-probe $(BUILD)/tests/own-start
$(BUILD)/tests/%: tests/%.c $(LIB)
	$(BARE_TEST) -fno-pie -static
$(BUILD)/tests/%-pie: tests/%.c $(LIB)
	$(BARE_TEST) -fPIE -static-pie
$(BUILD)/tests/%-probe: tests/%/probe.c $(LIB)
	$(BARE_TEST) -fno-pie -static
$(BUILD)/tests/%-probe-pie: tests/%/probe.c $(LIB)
	$(BARE_TEST) -fPIE -static-pie
# with a _start of its own: start.S without start.c
$(BUILD)/tests/own-start: tests/own-start/own-start.c arch/$(MACHINE)/start.S $(LIB)
	$(BARE_TEST) -fno-pie -static

# A C++ program, where there is a compiler for it.
CXX_TEST := $(shell echo 'int i;' | $(CC) -x c++ -fsyntax-only - 2>/dev/null && echo $(BUILD)/tests/cxx)
$(BUILD)/tests/cxx: tests/cxx.cc $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Wall -Wextra -std=c++11 -Iinclude -Itests -Iarch -Iarch/$(MACHINE) $(ARCH_CFLAGS) \
		-ffreestanding -fno-stack-protector -fno-exceptions -fno-rtti $(CFLAGS) $(LDFLAGS) -static -nostdlib -o $@ $^

# The pure parts again as ordinary programs, with the sanitizers where they are.
PURE := image dynamic cache stack text link/describe link/version
SANITIZE = $(shell echo 'int main(void){return 0;}' | $(CC) -fsanitize=address,undefined -x c -o /dev/null - 2>/dev/null && \
	[ -z '$(CROSS_COMPILE)' ] && echo -fsanitize=address,undefined -fno-sanitize-recover=all)
# The walker over the moves of a plan, for this machine.
PLAN_H := -DMACHINE_PLAN_H='"plan-$(MACHINE).h"'
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*.c))
UNIT_PARTS := $(PURE:%=src/%.c) tests/fuzz/part/symbol.c examples/lookup/dns.c
UNIT_DEPS  := $(wildcard src/*.h src/link/*.[ch] src/call/*.h arch/$(MACHINE)/*.h tests/unit/*.h \
	tests/fuzz/part/*.h) Makefile tests/tests.mk
# ... and what only one of them needs.
UNIT_signature := $(addprefix src/call/,signature.c descriptor.c layout.c)
UNIT_descriptor := $(UNIT_signature)
UNIT_layout := $(UNIT_signature)
UNIT_plan := $(UNIT_signature) $(addprefix arch/$(MACHINE)/,classify.c plan.c)
$(BUILD)/tests/unit/%: tests/unit/%.c $(UNIT_PARTS) $$(UNIT_$$*) $(UNIT_DEPS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(INC) -Isrc -Iexamples/lookup $(PLAN_H) -std=c11 -Wall -Wextra -g $(SANITIZE) $(DEPS) -MF $@.d \
		-o $@ $< $(UNIT_PARTS) $(UNIT_$*)

# What tests/fuzz/run.sh fuzzes, over its corpora only. FUZZ_*: a target's sources.
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_image    := src/image.c src/dynamic.c src/text.c
FUZZ_cache    := src/cache.c src/text.c
FUZZ_stack    := src/stack.c src/text.c
FUZZ_dns      := examples/lookup/dns.c
FUZZ_describe := src/image.c src/link/describe.c src/link/version.c tests/fuzz/part/symbol.c src/text.c
FUZZ_symbols  := $(FUZZ_describe)
FUZZ_signature := $(UNIT_plan)
FUZZ_find     := $(addprefix src/,search.c cache.c stack.c text.c)
FUZZ_open     := $(wildcard tests/fuzz/part/*.c) $(addprefix src/,image.c map.c file.c text.c error.c stack.c) \
	$(filter-out %/find.c $(patsubst tests/fuzz/part/%,\%/%,$(wildcard tests/fuzz/part/*.c)),$(wildcard src/link/*.c))
FUZZ_INCLUDE_open := -include tests/fuzz/part/machine.h
FUZZ = $(CPPFLAGS) $(INC) -Isrc $(PLAN_H) -D_GNU_SOURCE -std=c11 -Wall -Wextra -g $(FUZZ_INCLUDE_$*) $(DEPS) -MF $@.d
FUZZ_DEPS := $(UNIT_DEPS) $(wildcard tests/fuzz/part/*)
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $$(FUZZ_$$*) $(FUZZ_DEPS)
	@mkdir -p $(@D)
	$(CC) $(FUZZ) $(SANITIZE) -o $@ $< tests/fuzz/replay.c $(FUZZ_$*)
# With libFuzzer; NULL + 0 is no fault.
$(BUILD)/tests/fuzz/%.clang: tests/fuzz/%.c $$(FUZZ_$$*) $(FUZZ_DEPS)
	@mkdir -p $(@D)
	clang $(FUZZ) -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -fno-sanitize=pointer-overflow \
		-o $@ $< $(FUZZ_$*)

.PHONY: fuzz
fuzz: $(BUILD)/tests/fuzz/$(TARGET).clang  ## fuzz TARGET=open for SECONDS=60, with clang
	@BUILD=$(BUILD) sh tests/fuzz/run.sh $(TARGET) $(SECONDS)

programs: $(EXAMPLES) $(PLUGIN) $(TESTS) $(UNITS) $(CXX_TEST) $(if $(CROSS_COMPILE),,$(FUZZERS))

test: lint  ## run every test on every machine that can be had here
	@MAKE='$(MAKE)' sh tests/all.sh
check: test

test-guests:  ## run the guest tests in the C libraries of other Debian releases
	@MAKE='$(MAKE)' sh tests/all.sh guests

test-abi: $(LIB)  ## N=1000000 random signatures against gcc's and clang's own calls
	@MACHINE=$(MACHINE) BUILD=$(BUILD) CC='$(CC)' EXEC='$(EXEC)' N='$(N)' SEED='$(SEED)' sh tests/abi/run.sh

bench-start: $(BUILD)/examples/hello  ## what a start costs, against a dynamic program
	@MACHINE=$(MACHINE) BUILD=$(BUILD) CC='$(CC)' LDFLAGS='$(ARCH_CFLAGS) $(CFLAGS) $(PACKED)' sh tests/bench/start.sh

bench-link: $(LIB)  ## what our own linker costs, against glibc's and musl's
	@MACHINE=$(MACHINE) BUILD=$(BUILD) CC='$(CC)' LDFLAGS='$(ARCH_CFLAGS) $(CFLAGS) $(PACKED)' sh tests/bench/link.sh

bench-call: $(LIB)  ## what calls by signature and callbacks cost, against libffi
	@MACHINE=$(MACHINE) BUILD=$(BUILD) CC='$(CC)' sh tests/bench/call.sh

-include $(TESTS:=.d) $(UNITS:=.d) $(FUZZERS:=.d)
