/* responder.c - runs a command where a name server answers.
 *
 *	responder COMMAND [ARGUMENT...]
 *
 * COMMAND sees a network of its own, which has nothing but a loopback device,
 * and an /etc/resolv.conf that names a server there: this program, which knows
 * the few records below. Nothing outside changes and nothing remains: network
 * and mounts are in private namespaces, which end with the command.
 *
 * Exits as COMMAND does; with 125 if the place could not be made, 126 or 127
 * if COMMAND could not be run. Linux, an ordinary program with a C library. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_PLACE = 125, CANNOT_RUN = 126, NO_COMMAND = 127 };

static bool complain(const char *format, ...)
{
	int error = errno;
	va_list list;

	fprintf(stderr, "responder: ");
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, ": %s\n", strerror(error));
	return false;
}

/* ---- The records --------------------------------------------------------- */

enum { A = 1, PTR = 12, MX = 15, TXT = 16, AAAA = 28 };

static const struct record {
	const char *name;
	unsigned type;
	unsigned preference; /* MX only */
	const char *data;
} records[] = {
	{ "demo.test", A, 0, "192.0.2.1" },
	{ "demo.test", A, 0, "192.0.2.2" },
	{ "demo.test", AAAA, 0, "2001:db8::1" },
	{ "demo.test", MX, 10, "mail.demo.test" },
	{ "demo.test", MX, 20, "mail.example" },
	{ "demo.test", TXT, 0, "answered by the demo's own responder" },
	{ "mail.demo.test", A, 0, "192.0.2.25" },
	{ "1.2.0.192.in-addr.arpa", PTR, 0, "demo.test" },
};
enum { RECORDS = sizeof records / sizeof records[0] };

/* ---- Messages ------------------------------------------------------------ */

enum {
	HEADER = 12,
	NAME_MAX_TEXT = 256,
	MESSAGE_MAX = 512,
	POINTER_TO_QUESTION = 0xc000 | HEADER,
	TTL = 60
};
enum { NOERROR = 0, NXDOMAIN = 3 };

/* A reply being written. It holds all records of any name above. */
struct reply {
	uint8_t bytes[MESSAGE_MAX];
	size_t size;
};

static void add(struct reply *reply, const void *bytes, size_t size)
{
	if (size > sizeof reply->bytes - reply->size) abort();
	memcpy(reply->bytes + reply->size, bytes, size);
	reply->size += size;
}

static void add16(struct reply *reply, unsigned value)
{
	add(reply, (uint8_t[]){ (uint8_t)(value >> 8), (uint8_t)value }, 2);
}

static void add_string(struct reply *reply, const char *text, size_t length)
{
	add(reply, (uint8_t[]){ (uint8_t)length }, 1);
	add(reply, text, length);
}

static void add_name(struct reply *reply, const char *name)
{
	while (*name) {
		size_t length = strcspn(name, ".");
		add_string(reply, name, length);
		name += length + (name[length] == '.');
	}
	add_string(reply, "", 0);
}

static void add_data(struct reply *reply, const struct record *record)
{
	uint8_t address[16];

	switch (record->type) {
	case A:
		inet_pton(AF_INET, record->data, address);
		add(reply, address, 4);
		break;
	case AAAA:
		inet_pton(AF_INET6, record->data, address);
		add(reply, address, 16);
		break;
	case TXT:
		add_string(reply, record->data, strlen(record->data));
		break;
	case MX:
		add16(reply, record->preference);
		add_name(reply, record->data);
		break;
	case PTR:
		add_name(reply, record->data);
		break;
	}
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void add_record(struct reply *reply, const struct record *record)
{
	add16(reply, POINTER_TO_QUESTION);
	add16(reply, record->type);
	add16(reply, 1); /* IN */
	add16(reply, 0); /* TTL, upper half */
	add16(reply, TTL);
	add16(reply, 0); /* size of the data, put below */
	size_t data = reply->size;
	add_data(reply, record);
	put16(reply->bytes + data - 2, (unsigned)(reply->size - data));
}

/* Reads the question's name, which must be plain labels without dots. Returns
 * the number of bytes that it takes, or 0. */
static size_t read_name(
	const uint8_t *bytes, size_t size, char text[static NAME_MAX_TEXT])
{
	size_t at = 0;

	text[0] = 0;
	while (at < size && bytes[at] != 0) {
		size_t length = bytes[at];
		if (length > 63 || at + 1 + length >= size) return 0;
		if (at + 1 + length >= NAME_MAX_TEXT) return 0;
		if (at) text[at - 1] = '.';
		memcpy(text + at, bytes + at + 1, length);
		text[at + length] = 0;
		at += 1 + length;
	}
	return at < size ? at + 1 : 0;
}

/* Answers a query, if it is one. */
static bool answer(struct reply *reply, const uint8_t *query, size_t size)
{
	char name[NAME_MAX_TEXT];
	unsigned count = 0, rcode = NXDOMAIN;

	/* QR and opcode are 0, and there is one question. */
	if (size < HEADER || query[2] & 0xf8 || query[4] || query[5] != 1) return false;
	size_t length = read_name(query + HEADER, size - HEADER, name);
	if (!length || size - HEADER - length < 4) return false;
	const uint8_t *type = query + HEADER + length;

	reply->size = 0;
	add(reply, query, HEADER + length + 4);
	for (size_t i = 0; i < RECORDS; i++) {
		if (strcasecmp(name, records[i].name) != 0) continue;
		rcode = NOERROR;
		if (type[0] != 0 || type[1] != records[i].type) continue;
		add_record(reply, &records[i]);
		count++;
	}
	reply->bytes[2] = (uint8_t)(0x84 | (query[2] & 1)); /* QR AA, RD as asked */
	reply->bytes[3] = (uint8_t)(0x80 | rcode);          /* RA */
	put16(reply->bytes + 6, count);
	put16(reply->bytes + 8, 0);
	put16(reply->bytes + 10, 0); /* without the query's EDNS */
	return true;
}

/* Answers until it is killed: when the command has ended, or when [parent] has. */
static void serve(int server, pid_t parent)
{
	uint8_t query[MESSAGE_MAX];
	struct reply reply;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent) {
		struct sockaddr_in from;
		socklen_t length = sizeof from;
		ssize_t size = recvfrom(server, query, sizeof query, 0,
			(struct sockaddr *)&from, &length);
		if (size > 0 && answer(&reply, query, (size_t)size))
			sendto(server, reply.bytes, reply.size, 0,
				(struct sockaddr *)&from, length);
	}
	_exit(0);
}

/* ---- The place ----------------------------------------------------------- */

static bool write_file(const char *path, int flags, const char *format, ...)
{
	va_list list;
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);

	if (fd < 0) return complain("%s", path);
	va_start(list, format);
	bool written = vdprintf(fd, format, list) >= 0;
	va_end(list);
	if (!written) complain("%s", path);
	close(fd);
	return written;
}

/* In a user namespace everybody may make the others. Where user namespaces are
 * not permitted, root can do without. The command keeps its user and group. */
static bool enter_namespaces(void)
{
	unsigned uid = geteuid(), gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0)
		return write_file("/proc/self/setgroups", 0, "deny") &&
		       write_file("/proc/self/uid_map", 0, "%u %u 1", uid, uid) &&
		       write_file("/proc/self/gid_map", 0, "%u %u 1", gid, gid);
	if (uid == 0 && unshare(CLONE_NEWNS | CLONE_NEWNET) == 0) return true;
	return complain("private namespaces are not permitted here");
}

static bool loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	if (!up) complain("loopback device");
	if (fd >= 0) close(fd);
	return up;
}

/* Puts another file in the place of /etc/resolv.conf. That file has to be
 * somewhere: in memory that is mounted over /tmp, for as long as this takes.
 *
 * Without an /etc/resolv.conf, or with a symbolic link to nothing, resolvers
 * ask 127.0.0.1, which is what is wanted. */
static bool replace_resolv_conf(void)
{
	static const char path[] = "/etc/resolv.conf", ours[] = "/tmp/resolv.conf";

	if (access(path, F_OK) != 0) return true;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return complain("mounts cannot be made private");
	if (mount("none", "/tmp", "tmpfs", 0, NULL) != 0)
		return complain("tmpfs on /tmp");
	bool done = write_file(
		ours, O_CREAT, "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n");
	if (done && mount(ours, path, NULL, MS_BIND, NULL) != 0)
		done = complain("mount over %s", path);
	if (umount2("/tmp", MNT_DETACH) != 0) done = complain("umount /tmp");
	return done;
}

static int open_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(53) };
	int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (server >= 0 &&
		bind(server, (struct sockaddr *)&address, sizeof address) == 0)
		return server;
	complain("port 53 of 127.0.0.1");
	return -1;
}

/* ---- The command --------------------------------------------------------- */

static void execute(char **command)
{
	execvp(command[0], command);
	int status = errno == ENOENT ? NO_COMMAND : CANNOT_RUN;
	complain("%s", command[0]);
	_exit(status);
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) return NO_PLACE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(char **command)
{
	pid_t child = fork();

	if (child == 0) execute(command);
	if (child > 0) return wait_for(child);
	complain("fork");
	return NO_PLACE;
}

int main(int argc, char **argv)
{
	pid_t self = getpid(), responder;
	int server;

	if (argc < 2) {
		fprintf(stderr, "usage: responder COMMAND [ARGUMENT...]\n");
		return NO_PLACE;
	}
	if (!enter_namespaces() || !loopback_up() || !replace_resolv_conf())
		return NO_PLACE;
	if ((server = open_server()) < 0) return NO_PLACE;

	responder = fork();
	if (responder == 0) serve(server, self);
	if (responder < 0) {
		complain("fork");
		return NO_PLACE;
	}
	int status = run(argv + 1);
	kill(responder, SIGKILL);
	wait_for(responder);
	return status;
}
