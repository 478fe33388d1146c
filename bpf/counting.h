/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counting on dependency_map and writing flow events: what every hook shares. */
#ifndef TENDRIL_COUNTING_H
#define TENDRIL_COUNTING_H

#include "address.h"
#include "maps.h"

static __always_inline __u32 rtt_bucket(__u32 rtt_us)
{
	__u32 bucket = 0;

	if (rtt_us >= 1 << 16) {
		rtt_us >>= 16;
		bucket += 16;
	}
	if (rtt_us >= 1 << 8) {
		rtt_us >>= 8;
		bucket += 8;
	}
	if (rtt_us >= 1 << 4) {
		rtt_us >>= 4;
		bucket += 4;
	}
	if (rtt_us >= 1 << 2) {
		rtt_us >>= 2;
		bucket += 2;
	}
	if (rtt_us >= 2)
		bucket += 1;
	return bucket < TENDRIL_RTT_BUCKETS ? bucket : TENDRIL_RTT_BUCKETS - 1;
}

static __always_inline void count_rtt(struct dependency_counters *counters, __u32 rtt_us)
{
	__u32 bucket = rtt_bucket(rtt_us);

	if (!rtt_us || bucket >= TENDRIL_RTT_BUCKETS)
		return;
	add(&counters->rtt_count, 1);
	add(&counters->rtt_sum_us, rtt_us);
	add(&counters->rtt_buckets[bucket], 1);
}

/* In a section of its own, which the objects share. */
struct tendril_control control SEC(".data.control") = {};

/*
 * The kernel's own structs, without relocations: the offsets are the agent's, from the kernel's BTF. A kernel that gives the programs its
 * task as a typed pointer (5.11, in socket callbacks later) lets them read it as their own memory; another one copies.
 */
static __always_inline void *kernel_pointer(void *base, __u32 offset)
{
	void *value = NULL;

	if (!config.copies_kernel_memory)
		return *(void **)(base + offset);
	bpf_probe_read_kernel(&value, sizeof(value), base + offset);
	return value;
}

static __always_inline __u64 kernel_u64(void *base, __u32 offset)
{
	__u64 value = 0;

	if (!config.copies_kernel_memory)
		return *(__u64 *)(base + offset);
	bpf_probe_read_kernel(&value, sizeof(value), base + offset);
	return value;
}

static __always_inline __u32 kernel_u32(void *base, __u32 offset)
{
	__u32 value = 0;

	if (!config.copies_kernel_memory)
		return *(__u32 *)(base + offset);
	bpf_probe_read_kernel(&value, sizeof(value), base + offset);
	return value;
}

static __always_inline void *current_task(void)
{
	if (config.copies_kernel_memory)
		return (void *)bpf_get_current_task();
	return bpf_get_current_task_btf();
}

/* The current process's first thread, or NULL on a kernel without BTF. */
static __always_inline void *current_leader(void)
{
	if (!config.leader_offset)
		return NULL;
	return kernel_pointer(current_task(), config.leader_offset);
}

/* When the current process began; only in its context. A thread has a time of its own; the process's is its first thread's. */
static __always_inline __u32 current_start(void)
{
	const __u64 nanoseconds_per_tick = 10000000;
	void *leader = current_leader();

	return leader ? kernel_u64(leader, config.start_offset) / nanoseconds_per_tick : 0;
}

/* What a process is called, by its first thread. */
static __always_inline void comm_of(char *leader, char comm[TENDRIL_COMM_LENGTH])
{
	if (config.copies_kernel_memory) {
		bpf_probe_read_kernel(comm, TENDRIL_COMM_LENGTH, leader + config.comm_offset);
		return;
	}
	leader += config.comm_offset;
#pragma unroll
	for (int i = 0; i < TENDRIL_COMM_LENGTH; i++)
		comm[i] = leader[i];
}

/* What the current process is called: programs name their threads, and a process is not to be called after one of them. */
static __always_inline void current_comm(char comm[TENDRIL_COMM_LENGTH])
{
	char *leader = current_leader();

	if (leader)
		comm_of(leader, comm);
	else
		bpf_get_current_comm(comm, TENDRIL_COMM_LENGTH);
}

/* The network namespace of the current process, which a context of a hook in its system call tells. */
#define current_namespace(ctx)                                                                               \
	(config.namespace_source == TENDRIL_NAMESPACE_BY_COOKIE	  ? bpf_get_netns_cookie(ctx)                \
	 : config.namespace_source == TENDRIL_NAMESPACE_BY_NUMBER ? current_namespace_number()               \
								  : 0)

static __always_inline __u64 current_namespace_number(void)
{
	void *namespaces = kernel_pointer(current_task(), config.namespaces_offset);
	void *net = namespaces ? kernel_pointer(namespaces, config.task_net_offset) : NULL;

	return net ? kernel_u32(net, config.net_number_offset) : 0;
}

/* To a few milliseconds, and cheap. */
static __always_inline __u64 coarse_now(void)
{
	return config.has_coarse_clock ? bpf_ktime_get_coarse_ns() : bpf_ktime_get_ns();
}

/*
 * How a record is handed to the ring: without waking anybody, but for the few things that a process should be looked at for while it is
 * still there.
 */
static __always_inline __u64 wake_for(int rare)
{
	if (!rare || control.wake_tokens <= 0)
		return BPF_RB_NO_WAKEUP;
	__sync_fetch_and_add(&control.wake_tokens, -1);
	return BPF_RB_FORCE_WAKEUP;
}

/* What a new dependency begins with: too large for a stack. In a section of its own, so that config stays the first of its own. */
const volatile struct dependency_counters no_counters SEC(".rodata.counters") = {};

/* The key of all that finds no place of its own: the same process and, for a server, endpoint; any address. */
static __always_inline void fold_key(struct dependency_key *key)
{
	if (key->role == TENDRIL_ROLE_SERVER) {
		__builtin_memset(key->peer_address, 0xff, sizeof(key->peer_address));
		return;
	}
	__builtin_memset(key->server_address, 0xff, sizeof(key->server_address));
	key->server_port = 0;
}

static __always_inline __u32 *dependencies_of(const struct dependency_key *key, struct process_key *process)
{
	process->pid = key->pid;
	process->start = key->start;
	process->role = key->role;
	return bpf_map_lookup_elem(&process_map, process);
}

/* There is no place for one more: of its process, or of all. What a Unix socket is dialled by is resolved one by one, so it is not folded before it must. */
static __always_inline int must_fold(const struct dependency_key *key)
{
	struct process_key process;
	__u32 *count;

	if (control.dependencies >= config.fold_above)
		return 1;
	if (key->transport == TENDRIL_TRANSPORT_UNIX)
		return 0;
	count = dependencies_of(key, &process);
	return count && *count >= config.fold_process_above;
}

static __always_inline void count_dependency(const struct dependency_key *key)
{
	struct process_key process;
	__u32 one = 1, *count;

	__sync_fetch_and_add(&control.dependencies, 1);
	if (key->transport == TENDRIL_TRANSPORT_UNIX)
		return;
	count = dependencies_of(key, &process);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&process_map, &process, &one, BPF_ANY);
}

/*
 * Admits a dependency that is seen for the first time, or, where there are too many, makes its key that of the others; comm and cgroup
 * are those of its process, which name it if it is gone before the agent looks. Out of line: it runs once for a dependency.
 */
static __noinline __attribute__((unused)) int admit_dependency(struct dependency_key *key, const char *comm,
							       __u64 cgroup_id)
{
	struct dependency_counters *counters;

	if (!key || !comm)
		return -1;
	if (must_fold(key)) {
		fold_key(key);
		if (bpf_map_lookup_elem(&dependency_map, key))
			return 0;
	}
	if (bpf_map_update_elem(&dependency_map, key, (const void *)&no_counters, BPF_NOEXIST))
		return -1;
	count_dependency(key);
	counters = bpf_map_lookup_elem(&dependency_map, key);
	if (!counters)
		return -1;
	counters->cgroup_id = cgroup_id;
	__builtin_memcpy(counters->comm, comm, TENDRIL_COMM_LENGTH);
	return 0;
}

/* Who listens on a local address: on it exactly, on any IPv4 address, on any address; in the order
 * the kernel prefers them. */
static __always_inline struct service_owner *find_owner(__u64 netns_cookie, const __u8 address[16],
							__u16 port)
{
	struct service_key key = {.netns_cookie = netns_cookie, .port = port, .transport = IPPROTO_TCP};
	struct service_owner *owner;

	copy_address(key.address, address);
	owner = bpf_map_lookup_elem(&service_map, &key);
	if (owner)
		return owner;
	if (is_ipv4(address)) {
		map_ipv4(key.address, 0);
		owner = bpf_map_lookup_elem(&service_map, &key);
		if (owner)
			return owner;
	}
	__builtin_memset(key.address, 0, sizeof(key.address));
	return bpf_map_lookup_elem(&service_map, &key);
}

#endif
