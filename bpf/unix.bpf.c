// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Unix sockets: who connects to which path or abstract name (cgroup/connect_unix, kernel 6.7). Counted before the kernel looks for the
 * server, so the agent reports only connects to what somebody listens on: C libraries try sockets that seldom exist (nscd's). How much is
 * sent is not told. Needs BTF. An object of its own, left out where the kernel cannot.
 */
#include "counting.h"
#include "unix.h"
#include <bpf/bpf_core_read.h>

#define SOCK_STREAM    1
#define SOCK_SEQPACKET 5
#define ALLOW	       1
#define FAMILY_BYTES   2

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct sockaddr;
struct bpf_sock_addr_kern {
	struct sockaddr *uaddr;
	__u32 uaddrlen;
};
#pragma clang attribute pop

extern void *bpf_cast_to_kern_ctx(void *context) __ksym;

/*
 * unix_path_map: digest of what was dialled -> its text. Inserts: the first connect. Reads: the agent. Deletes: nobody; LRU, and
 * what is dialled again comes back. 4,096 x 128 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct unix_digest);
	__type(value, struct unix_path);
} unix_path_map SEC(".maps");

/* The first of a dependency: so that the agent looks at the process while it is there. */
static __always_inline void tell_first(const struct dependency_key *key,
				       const struct dependency_counters *counters)
{
	struct flow_event *event = bpf_ringbuf_reserve(&flow_events, sizeof(*event), 0);

	if (!event) {
		count_loss(TENDRIL_LOSS_RING_FULL);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->netns_cookie = key->netns_cookie;
	event->cgroup_id = counters->cgroup_id;
	event->pid = key->pid;
	event->start = key->start;
	event->kind = TENDRIL_FLOW_OPENED;
	event->role = key->role;
	event->transport = key->transport;
	__builtin_memcpy(event->remote_address, key->server_address, sizeof(event->remote_address));
	__builtin_memcpy(event->comm, counters->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, wake_for(1));
}

static __noinline int count_connect(struct bpf_sock_addr *ctx, struct dependency_key *key)
{
	struct dependency_counters *counters;
	char comm[TENDRIL_COMM_LENGTH] = {};

	if (!key)
		return 0;
	counters = bpf_map_lookup_elem(&dependency_map, key);
	if (!counters) {
		current_comm(comm);
		admit_dependency(key, comm, bpf_get_current_cgroup_id());
		counters = bpf_map_lookup_elem(&dependency_map, key);
	}
	if (!counters) {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		return 0;
	}
	if (!counters->opened)
		tell_first(key, counters);
	add(&counters->opened, 1);
	add(&counters->closed, 1);
	return 0;
}

/* The attach type is set by the agent: its libbpf does not know this hook's name. */
SEC("cgroup/connect4")
int unix_connect_tracker(struct bpf_sock_addr *ctx)
{
	struct bpf_sock_addr_kern *kernel;
	struct dependency_key key = {};
	struct unix_path dialled = {};
	struct unix_digest digest = {};
	__u32 length;

	if (ctx->type != SOCK_STREAM && ctx->type != SOCK_SEQPACKET)
		return ALLOW;
	key.pid = bpf_get_current_pid_tgid() >> 32;
	if (config.self_pid && config.self_pid == key.pid)
		return ALLOW;
	key.start = current_start();
	kernel = bpf_cast_to_kern_ctx(ctx);
	length = kernel->uaddrlen;
	if (length <= FAMILY_BYTES)
		return ALLOW;
	length -= FAMILY_BYTES;
	if (length > TENDRIL_PATH_LENGTH)
		length = TENDRIL_PATH_LENGTH;
	if (bpf_probe_read_kernel(dialled.path, length, (void *)kernel->uaddr + FAMILY_BYTES))
		return ALLOW;
	dialled.length = length;
	digest_path(&dialled, &digest);
	key.netns_cookie = current_namespace(ctx);
	__builtin_memcpy(key.server_address, &digest, sizeof(digest));
	key.role = TENDRIL_ROLE_CLIENT;
	key.transport = TENDRIL_TRANSPORT_UNIX;
	if (!bpf_map_lookup_elem(&unix_path_map, &digest))
		bpf_map_update_elem(&unix_path_map, &digest, &dialled, BPF_ANY);
	count_connect(ctx, &key);
	return ALLOW;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
