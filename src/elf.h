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
	DT_DEBUG = 21,
	DT_FLAGS = 30,
	DT_RELACOUNT = 0x6ffffff9,
	DT_FLAGS_1 = 0x6ffffffb,
	DT_GNU_HASH = 0x6ffffef5
};
enum { DF_BIND_NOW = 8, DF_1_NOW = 1 };

struct elf_symbol {
	uint32_t name;
	uint8_t info, other;
	uint16_t shndx;
	uint64_t value, size;
};
enum { STB_GLOBAL = 1, STB_WEAK = 2, SHN_UNDEF = 0 };

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
	AT_SECURE = 23
};

#endif
