/* elf.h - the ELF types and constants that baredl uses (gABI 4.1; no <elf.h>,
 * because a machine without libc headers must do). */
#ifndef ELF_H
#define ELF_H

#include <stdint.h>

struct elf_header {
	uint32_t magic; /* e_ident */
	uint8_t class, data, ident[10];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
enum { ELF_MAGIC = 0x464c457f }; /* 0x7f "ELF" */
enum { ELFOSABI_NONE = 0, ELFOSABI_GNU = 3 };
enum { ELFCLASS64 = 2, ELFDATA2LSB = 1, ET_EXEC = 2, ET_DYN = 3 };

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
enum {
	PT_LOAD = 1,
	PT_DYNAMIC = 2,
	PT_INTERP = 3,
	PT_PHDR = 6,
	PT_TLS = 7,
	PT_GNU_EH_FRAME = 0x6474e550,
	PT_GNU_STACK = 0x6474e551,
	PT_GNU_PROPERTY = 0x6474e553,
	PT_GNU_RELRO = 0x6474e552
};
enum { PF_X = 1, PF_W = 2, PF_R = 4 };

struct elf_dynamic {
	int64_t tag;
	uint64_t value;
};
enum {
	DT_NULL = 0,
	DT_NEEDED = 1,
	DT_HASH = 4,
	DT_STRTAB = 5,
	DT_SYMTAB = 6,
	DT_RELA = 7,
	DT_RELASZ = 8,
	DT_RELAENT = 9,
	DT_STRSZ = 10,
	DT_SYMENT = 11,
	DT_INIT = 12,
	DT_FINI = 13,
	DT_SONAME = 14,
	DT_RPATH = 15,
	DT_SYMBOLIC = 16,
	DT_REL = 17,
	DT_PLTRELSZ = 2,
	DT_PLTGOT = 3,
	DT_PLTREL = 20,
	DT_DEBUG = 21,
	DT_TEXTREL = 22,
	DT_JMPREL = 23,
	DT_BIND_NOW = 24,
	DT_INIT_ARRAY = 25,
	DT_FINI_ARRAY = 26,
	DT_INIT_ARRAYSZ = 27,
	DT_FINI_ARRAYSZ = 28,
	DT_RUNPATH = 29,
	DT_FLAGS = 30,
	DT_RELRSZ = 35,
	DT_RELR = 36,
	DT_VERSYM = 0x6ffffff0,
	DT_RELACOUNT = 0x6ffffff9,
	DT_VERNEEDNUM = 0x6fffffff,
	DT_AUXILIARY = 0x7ffffffd,
	DT_FILTER = 0x7fffffff,
	DT_FLAGS_1 = 0x6ffffffb,
	DT_GNU_HASH = 0x6ffffef5
};
enum { DF_SYMBOLIC = 2, DF_TEXTREL = 4, DF_BIND_NOW = 8 };
enum {
	DF_1_NOW = 1,
	DF_1_NODELETE = 8,
	DF_1_INITFIRST = 0x20,
	DF_1_NOOPEN = 0x40,
	DF_1_PIE = 0x08000000
};

struct elf_symbol {
	uint32_t name;
	uint8_t info, other;
	uint16_t shndx;
	uint64_t value, size;
};
enum { STB_LOCAL = 0, STB_GLOBAL = 1, STB_WEAK = 2, STB_GNU_UNIQUE = 10 };
enum {
	STT_NOTYPE = 0,
	STT_OBJECT = 1,
	STT_FUNC = 2,
	STT_SECTION = 3,
	STT_FILE = 4,
	STT_COMMON = 5,
	STT_TLS = 6,
	STT_GNU_IFUNC = 10
};
enum { STV_DEFAULT = 0, STV_PROTECTED = 3 };
enum { SHN_UNDEF = 0, SHN_ABS = 0xfff1 };
enum { VER_FLG_BASE = 1, VER_FLG_WEAK = 2 };

struct elf_rela {
	uint64_t offset, info;
	int64_t addend;
};

struct elf_auxv {
	uint64_t type, value;
};
enum {
	AT_NULL = 0,
	AT_PHDR = 3,
	AT_PHENT = 4,
	AT_PHNUM = 5,
	AT_PAGESZ = 6,
	AT_BASE = 7,
	AT_ENTRY = 9,
	AT_PLATFORM = 15,
	AT_HWCAP = 16,
	AT_SECURE = 23,
	AT_RANDOM = 25,
	AT_HWCAP2 = 26,
	AT_SYSINFO_EHDR = 33
};

#endif
