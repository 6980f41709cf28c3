# make; make demo; make test; make install DESTDIR=stage PREFIX=/usr
# another machine: make CROSS_COMPILE=aarch64-linux-gnu-

CROSS_COMPILE ?=
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif
NM      ?= $(CROSS_COMPILE)nm
OBJCOPY ?= $(CROSS_COMPILE)objcopy
READELF ?= $(CROSS_COMPILE)readelf
INSTALL ?= install
CFLAGS  ?= -Os -g
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
EXEC    ?=

# The compiler, not uname, knows what it builds for.
MACHINE ?= $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
BUILD   ?= build/$(MACHINE)
VERSION := $(shell awk '/VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $$3; s = "." } END { print v }' include/baredl.h)

ifeq ($(wildcard arch/$(MACHINE)/arch.h),)
$(error no port for '$(MACHINE)'; have: $(notdir $(patsubst %/arch.h,%,$(wildcard arch/*/arch.h))))
endif
include arch/$(MACHINE)/arch.mk

# What we must have goes in OUR; what the user may change stays in CFLAGS.
INC  := -Iinclude -Iarch -Iarch/$(MACHINE)
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith
DEPS := -MMD -MP
OUR  := -std=c11 $(INC) $(WARN) $(ARCH_CFLAGS) $(DEPS) -ffreestanding -fno-stack-protector \
	-fvisibility=hidden -fPIC
# The compiler may not touch vector registers (arguments are in flight when an
# import is looked up), nor make tables of addresses.
OUR_C := $(OUR) -mgeneral-regs-only -fno-jump-tables -fasynchronous-unwind-tables \
	-ffunction-sections -fdata-sections
# What gcc's -Os leaves out; clang has other names. But not where time is spent.
known = $(shell $(CC) -Werror $(1) -x c -S -o /dev/null /dev/null 2>/dev/null && echo $(1))
SMALL := $(if $(filter -Os,$(CFLAGS)),$(call known,-Oz -fno-gcse -fno-move-loop-invariants \
	-fno-shrink-wrap -fno-caller-saves))
HOT   := $(patsubst %,$(BUILD)/src/%.c.o,link/symbol link/scope link/sym call/callback)
$(HOT): SMALL := $(if $(filter -Os,$(CFLAGS)),-O2 $(call known,-fno-align-functions \
	-fno-align-loops -fno-align-jumps))

# _start is a member of its own, for programs that have none.
START := src/start.c arch/$(MACHINE)/start.S
# So is our own linker, for programs that name it.
LINK  := $(wildcard src/link/*.c) arch/$(MACHINE)/link.S
# So are signatures and callbacks.
CALL  := $(wildcard src/call/*.c arch/$(MACHINE)/*.c) $(patsubst %,arch/$(MACHINE)/%.S,invoke callback)
SRC   := $(filter-out $(START) $(LINK) $(CALL),$(wildcard src/*.c arch/$(MACHINE)/*.S))
OBJ   := $(SRC:%=$(BUILD)/%.o)
LINK_OBJ := $(LINK:%=$(BUILD)/%.o)
CALL_OBJ := $(CALL:%=$(BUILD)/%.o)
LIB   := $(BUILD)/libbaredl.a

.PHONY: all examples demo test check test-guests test-abi bench-start bench-link bench-call lint format install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(LIB)  ## build build/<machine>/libbaredl.a

# Each one object whose hidden names are made local: a program sees bdl_* and nothing
# else. What link.o and call.o use of baredl.o is called bdl_* in all.
$(BUILD)/baredl.o: $(OBJ)
$(BUILD)/start.o: $(START:%=$(BUILD)/%.o)
$(BUILD)/link.o: $(LINK_OBJ)
$(BUILD)/call.o: $(CALL_OBJ)
$(BUILD)/baredl.o $(BUILD)/start.o $(BUILD)/link.o $(BUILD)/call.o:
	$(CC) $(ARCH_CFLAGS) $(LDFLAGS) -nostdlib -r -o $@.whole $(filter %.o,$^)
	$(OBJCOPY) $(if $(findstring start,$@),,--redefine-syms=$(BUILD)/shared) $@.whole $@
	$(OBJCOPY) --wildcard --localize-symbol='!bdl_*' --localize-symbol='!_start' --localize-symbol='*' $@
$(BUILD)/baredl.o $(BUILD)/link.o $(BUILD)/call.o: $(BUILD)/shared
$(BUILD)/shared: $(LINK_OBJ) $(CALL_OBJ)
	$(CC) $(ARCH_CFLAGS) $(LDFLAGS) -nostdlib -r -o $@.o $^
	$(NM) -u $@.o | awk '$$2 !~ /^(bdl_|_GLOBAL_OFFSET_TABLE_)/ { print $$2, "bdl_" $$2 }' > $@

$(LIB): $(BUILD)/baredl.o $(BUILD)/start.o $(BUILD)/link.o $(BUILD)/call.o
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.c.o: %.c Makefile arch/$(MACHINE)/arch.mk
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(OUR_C) $(CFLAGS) $(SMALL) -c -o $@ $<

$(BUILD)/%.S.o: %.S Makefile arch/$(MACHINE)/arch.mk
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(OUR) $(CFLAGS) -c -o $@ $<

lint: $(LIB)  ## prove that the object files keep the rules
	@READELF='$(READELF)' NM='$(NM)' FEATURE='$(ARCH_FEATURE)' sh tests/lint.sh $(LIB) $(OBJ) $(LINK_OBJ) $(CALL_OBJ)

include tests/tests.mk

install: $(LIB)  ## install under $(DESTDIR)$(PREFIX)
	$(INSTALL) -d '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig'
	$(INSTALL) -m 644 include/baredl.h '$(DESTDIR)$(INCLUDEDIR)/'
	$(INSTALL) -m 644 $(LIB) '$(DESTDIR)$(LIBDIR)/'
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|' src/baredl.pc.in > '$(DESTDIR)$(LIBDIR)/pkgconfig/baredl.pc'

uninstall:  ## remove exactly what install put there
	rm -f '$(DESTDIR)$(INCLUDEDIR)/baredl.h' '$(DESTDIR)$(LIBDIR)/libbaredl.a' \
	      '$(DESTDIR)$(LIBDIR)/pkgconfig/baredl.pc'

format:  ## rewrite the C files as .clang-format says
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:  ## remove build/
	rm -rf build

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile tests/tests.mk

-include $(OBJ:.o=.d) $(START:%=$(BUILD)/%.d) $(LINK:%=$(BUILD)/%.d) $(CALL:%=$(BUILD)/%.d)
