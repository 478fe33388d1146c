/*
 * What runs inside the virtual machines of scripts/kernel-matrix.sh, as their only program beside the agent: the first process, which
 * prepares the machine and plays the scenarios, and, under the names that it gives itself, their clients and servers. Linked statically.
 *
 * Told by the kernel's command line: tendril.operator=ADDRESS:PORT, tendril.cgroups=v2|hybrid|v1, tendril.btf=no, tendril.doctor=yes.
 * Says on the console, each at the beginning of a line: "guest: ..." for what it does, "agent: ..." for what the agent prints.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAYLOAD 64
#define AGENT	"/agent"

static void say(const char *format, ...)
{
	char line[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	line[length++] = '\n';
	(void)!write(STDOUT_FILENO, line, length);
}

static void fail(const char *what)
{
	say("guest: FAULT %s: %s", what, strerror(errno));
	if (getpid() == 1)
		reboot(RB_AUTOBOOT);
	_exit(1);
}

/* --- Clients and servers --------------------------------------------------------------------------------------------------------------- */

/* "tcp/127.0.0.1:7001", "udp/[::1]:7201", "unix/run/peer.sock" */
struct place {
	struct sockaddr_storage address;
	socklen_t length;
	int family, type;
};

static struct place parse_place(const char *text)
{
	struct place place = {.type = strncmp(text, "udp/", 4) ? SOCK_STREAM : SOCK_DGRAM};
	const char *port = strrchr(text, ':');
	char host[64] = "";

	if (!strncmp(text, "unix/", 5)) {
		struct sockaddr_un *path = (struct sockaddr_un *)&place.address;

		place.family = path->sun_family = AF_UNIX;
		strcpy(path->sun_path, text + 4);
		place.length = sizeof(*path);
		return place;
	}
	text += 4;
	if (text[0] == '[') {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)&place.address;

		memcpy(host, text + 1, port - text - 2);
		place.family = six->sin6_family = AF_INET6;
		six->sin6_port = htons(atoi(port + 1));
		inet_pton(AF_INET6, host, &six->sin6_addr);
		place.length = sizeof(*six);
	} else {
		struct sockaddr_in *four = (struct sockaddr_in *)&place.address;

		memcpy(host, text, port - text);
		place.family = four->sin_family = AF_INET;
		four->sin_port = htons(atoi(port + 1));
		inet_pton(AF_INET, host, &four->sin_addr);
		place.length = sizeof(*four);
	}
	return place;
}

/* serve PLACE...: sends back what comes. */
static __attribute__((noreturn)) void serve(int count, char **places)
{
	struct pollfd sockets[64];
	int listening = 0, open, one = 1;

	for (; listening < count; listening++) {
		struct place place = parse_place(places[listening]);
		int fd = socket(place.family, place.type, 0);

		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, (struct sockaddr *)&place.address, place.length))
			fail(places[listening]);
		if (place.type == SOCK_STREAM && listen(fd, 128))
			fail(places[listening]);
		sockets[listening] = (struct pollfd){.fd = fd, .events = POLLIN};
	}
	for (open = listening;;) {
		poll(sockets, open, -1);
		for (int i = open - 1; i >= 0; i--) {
			struct sockaddr_storage from;
			socklen_t length = sizeof(from);
			char data[2048];
			ssize_t got;

			if (!sockets[i].revents)
				continue;
			if (i < listening) {
				int accepted;

				got = recvfrom(sockets[i].fd, data, sizeof(data), MSG_DONTWAIT,
					       (struct sockaddr *)&from, &length);
				if (got >= 0) {
					sendto(sockets[i].fd, data, got, 0, (struct sockaddr *)&from, length);
					continue;
				}
				accepted = accept(sockets[i].fd, NULL, NULL);
				if (accepted >= 0 && open < 64)
					sockets[open++] = (struct pollfd){.fd = accepted, .events = POLLIN};
				continue;
			}
			got = read(sockets[i].fd, data, sizeof(data));
			if (got > 0) {
				(void)!write(sockets[i].fd, data, got);
				continue;
			}
			close(sockets[i].fd);
			sockets[i] = sockets[--open];
		}
	}
}

static void exchange(int fd)
{
	char data[PAYLOAD] = "tendril";
	ssize_t got = 0, more;

	(void)!write(fd, data, sizeof(data));
	while (got < PAYLOAD && (more = read(fd, data, sizeof(data) - got)) > 0)
		got += more;
	if (got < PAYLOAD)
		say("guest: FAULT an answer of %zd bytes", got);
}

static int dial(const struct place *place)
{
	int fd = socket(place->family, place->type, 0);

	if (!connect(fd, (const struct sockaddr *)&place->address, place->length))
		return fd;
	close(fd);
	return -1;
}

/* connect PLACE TIMES: one after another, 64 bytes each way. */
static int connect_times(const char *where, int times)
{
	struct place place = parse_place(where);

	for (int i = 0; i < times; i++) {
		int fd = dial(&place);

		if (fd < 0)
			continue;
		exchange(fd);
		close(fd);
	}
	return 0;
}

static volatile sig_atomic_t told;

static void take_signal(int signal)
{
	told = signal;
}

static void await_signal(int signal)
{
	sigset_t none;

	sigemptyset(&none);
	while (told != signal)
		sigsuspend(&none);
}

/* hold PLACE TIMES: 64 bytes each way on each, open until the end; the same again when SIGUSR1 comes, closed when SIGUSR2 comes. */
static int hold(const char *where, int times)
{
	struct place place = parse_place(where);
	int held[16];
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	sigprocmask(SIG_BLOCK, &both, NULL);
	signal(SIGUSR1, take_signal);
	signal(SIGUSR2, take_signal);
	for (int i = 0; i < times; i++) {
		held[i] = dial(&place);
		exchange(held[i]);
	}
	await_signal(SIGUSR1);
	for (int i = 0; i < times; i++)
		exchange(held[i]);
	await_signal(SIGUSR2);
	for (int i = 0; i < times; i++)
		close(held[i]);
	return 0;
}

static int play_part(int count, char **arguments)
{
	if (!strcmp(arguments[1], "serve"))
		serve(count - 2, arguments + 2);
	if (!strcmp(arguments[1], "hold"))
		return hold(arguments[2], atoi(arguments[3]));
	return connect_times(arguments[2], atoi(arguments[3]));
}

/* --- The machine ----------------------------------------------------------------------------------------------------------------------- */

static char command_line[4096];

/* The value of a word NAME=VALUE of the kernel's command line, "" without one. */
static const char *told_by_command_line(const char *name)
{
	static char value[128];
	const char *at = strstr(command_line, name);

	value[0] = 0;
	if (at && at[strlen(name)] == '=')
		sscanf(at + strlen(name) + 1, "%127s", value);
	return value;
}

static void attach(const char *type, const char *where, const char *options)
{
	mkdir(where, 0755);
	if (mount("none", where, type, 0, options))
		fail(where);
}

static void read_command_line(void)
{
	int fd = open("/proc/cmdline", O_RDONLY);

	(void)!read(fd, command_line, sizeof(command_line) - 1);
	close(fd);
}

static void mount_cgroups(void)
{
	const char *layout = told_by_command_line("tendril.cgroups");

	if (!strcmp(layout, "hybrid") || !strcmp(layout, "v1")) {
		attach("tmpfs", "/sys/fs/cgroup", "mode=755");
		attach("cgroup", "/sys/fs/cgroup/pids", "pids");
		if (!strcmp(layout, "hybrid"))
			attach("cgroup2", "/sys/fs/cgroup/unified", NULL);
	} else {
		attach("cgroup2", "/sys/fs/cgroup", NULL);
	}
}

/* Listed, in the order of their needs, by /modules/order; what a kernel has built in is not there. */
static void load_modules(void)
{
	FILE *order = fopen("/modules/order", "r");
	char name[128];

	while (order && fscanf(order, "%127s", name) == 1) {
		int fd = open(name, O_RDONLY);

		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
			fail(name);
		close(fd);
	}
}

static void set_address(const char *name, const char *address, const char *mask)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = {};
	struct sockaddr_in *in = (struct sockaddr_in *)&request.ifr_addr;

	strcpy(request.ifr_name, name);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, address, &in->sin_addr);
	if (ioctl(fd, SIOCSIFADDR, &request))
		fail(name);
	inet_pton(AF_INET, mask, &in->sin_addr);
	if (ioctl(fd, SIOCSIFNETMASK, &request))
		fail(name);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		fail(name);
	close(fd);
}

static void prepare(void)
{
	mkdir("/proc", 0555);
	mkdir("/sys", 0555);
	attach("proc", "/proc", NULL);
	attach("sysfs", "/sys", NULL);
	attach("devtmpfs", "/dev", NULL);
	attach("tmpfs", "/tmp", NULL);
	attach("tmpfs", "/run", NULL);
	mkdir("/bin", 0755);
	read_command_line();
	mount_cgroups();
	/* Nothing can take the kernel's types away; the agent cannot see them here. */
	if (!strcmp(told_by_command_line("tendril.btf"), "no"))
		attach("tmpfs", "/sys/kernel/btf", NULL);
	load_modules();
	set_address("lo", "127.0.0.1", "255.0.0.0");
	set_address("eth0", "10.0.2.15", "255.255.255.0");
	sethostname("guest", 5);
}

/* --- Scenarios ------------------------------------------------------------------------------------------------------------------------- */

/* start NAME WORDS...: of this very program, under another name. */
static pid_t start(const char *name, const char *what, ...)
{
	char program[64], *arguments[16] = {program, (char *)what};
	va_list more;
	pid_t pid;
	int count = 2;

	snprintf(program, sizeof(program), "/bin/%s", name);
	(void)!link("/init", program);
	va_start(more, what);
	while ((arguments[count] = va_arg(more, char *)))
		count++;
	va_end(more);
	pid = fork();
	if (pid)
		return pid;
	execv(program, arguments);
	fail(program);
	return -1;
}

static void wait_for(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	if (status)
		say("guest: FAULT process %d ended with %x", pid, status);
}

static void rest(int milliseconds)
{
	struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	nanosleep(&time, NULL);
}

/* Copies what a child prints, each line with "agent: " before it; until it has said that it is attached, or for ever. */
static int copy_lines(FILE *from, int until_attached)
{
	char line[2048];

	while (fgets(line, sizeof(line), from)) {
		line[strcspn(line, "\r\n")] = 0;
		printf("agent: %s\n", line);
		fflush(stdout);
		if (until_attached && strstr(line, "attached to "))
			return 1;
	}
	return 0;
}

static pid_t start_agent(FILE **output, char **arguments)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		fail("pipe");
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execv(AGENT, arguments);
		fail(AGENT);
	}
	close(ends[1]);
	*output = fdopen(ends[0], "r");
	return pid;
}

static int ask_doctor(void)
{
	FILE *output;
	int status;
	pid_t pid = start_agent(&output, (char *[]){AGENT, "--doctor", NULL});

	copy_lines(output, 0);
	waitpid(pid, &status, 0);
	fclose(output);
	return WEXITSTATUS(status);
}

/* Returns when it is attached; ends the machine when it is not. */
static void run_agent(void)
{
	char address[160];
	FILE *output;
	int status;
	pid_t pid;

	snprintf(address, sizeof(address), "http://%s", told_by_command_line("tendril.operator"));
	pid =
	    start_agent(&output, (char *[]){AGENT, "--operator", address, "--snapshot-interval", "1s", NULL});
	if (!copy_lines(output, 1)) {
		waitpid(pid, &status, 0);
		say("guest: the agent ended with %d", WEXITSTATUS(status));
		reboot(RB_AUTOBOOT);
	}
	if (!fork()) {
		copy_lines(output, 0);
		_exit(0);
	}
}

/* The truth that scripts/kernel-matrix.sh compares the graph with is in tests/kernels/truth.py: change both together. */
static void play(void)
{
	pid_t pool, held;

	start("shop", "serve", "tcp/127.0.0.1:7001", "tcp/[::1]:7002", NULL);
	rest(200);
	pool = start("pool", "hold", "tcp/127.0.0.1:7001", "5", NULL);
	wait_for(start("unseen", "connect", "tcp/127.0.0.1:7001", "3", NULL));
	rest(300);
	run_agent();

	say("guest: traffic begins");
	start("store", "serve", "tcp/127.0.0.1:7101", "tcp/[::1]:7102", "tcp/[::]:7103", NULL);
	start("answerer", "serve", "udp/127.0.0.1:7201", NULL);
	start("socketd", "serve", "unix/run/peer.sock", NULL);
	rest(1000);
	held = start("held", "hold", "tcp/127.0.0.1:7101", "2", NULL);
	wait_for(start("web", "connect", "tcp/127.0.0.1:7101", "200", NULL));
	wait_for(start("web6", "connect", "tcp/[::1]:7102", "100", NULL));
	wait_for(start("mapped", "connect", "tcp/[::ffff:127.0.0.1]:7103", "50", NULL));
	wait_for(start("old4", "connect", "tcp/127.0.0.1:7001", "20", NULL));
	wait_for(start("old6", "connect", "tcp/[::1]:7002", "20", NULL));
	wait_for(start("refused", "connect", "tcp/127.0.0.1:7999", "20", NULL));
	wait_for(start("lost", "connect", "tcp/203.0.113.1:80", "3", NULL));
	wait_for(start("asker", "connect", "udp/127.0.0.1:7201", "30", NULL));
	wait_for(start("dialler", "connect", "unix/run/peer.sock", "10", NULL));
	for (int i = 0; i < 20; i++)
		wait_for(start("brief", "connect", "tcp/127.0.0.1:7101", "1", NULL));
	kill(pool, SIGUSR1);
	kill(held, SIGUSR1);
	/* Where no hook reports their end, connections are looked at every second, and what they carried after the last look is not known. */
	rest(4000);
	kill(pool, SIGUSR2);
	wait_for(pool);
	say("guest: traffic ends");
	for (;;)
		pause();
}

int main(int count, char **arguments)
{
	if (getpid() != 1)
		return play_part(count, arguments);
	prepare();
	say("guest: prepared");
	if (!strcmp(told_by_command_line("tendril.doctor"), "yes"))
		say("guest: the doctor ended with %d", ask_doctor());
	play();
}
