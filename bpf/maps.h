/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Every map of the core object, each with its life story. The sizes here are defaults; the agent
 * sets its own before load (--max-dependencies, --max-flows, ...). All hash maps are preallocated:
 * an insert never waits for memory, and what a full map could not take is counted in loss_map.
 */
#ifndef TENDRIL_MAPS_H
#define TENDRIL_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "tendril.h"

/*
 * dependency_map: (process, endpoint) -> exact counters.
 * Inserts: connect (first connection of a key), accept, the socket iterator. Reads: the agent, in
 * batches, once a second. Deletes: the agent, when the process is gone, or the key was idle for
 * long, and no connection of it is open. Cannot leak: the agent forgets keys of dead processes.
 * When nearly full (config.fold_above), or of one process (config.fold_process_above, process_map): connections of new keys are counted under the same key with all ones for the address,
 * "others". When full all the same: TENDRIL_LOSS_DEPENDENCY_FULL. Known keys go on being exact. 32,768 x (56 + 320) bytes = 11.75 MiB.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, struct dependency_key);
	__type(value, struct dependency_counters);
} dependency_map SEC(".maps");

/*
 * process_map: (process, role) -> how many entries of dependency_map it has, Unix sockets apart: so that one process that calls
 * everybody (a port scan), or is called by everybody, leaves room for the others'.
 * Inserts and adds: whoever admits a dependency. Reads: the same. Subtracts and deletes: the agent, when it deletes a dependency.
 * Cannot leak: LRU. When full: the process that was asked for longest ago begins again at 0, and all together are still
 * bounded by config.fold_above. 8,192 x 16 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct process_key);
	__type(value, __u32);
} process_map SEC(".maps");

/*
 * service_map: listening endpoint -> its process.
 * Inserts: listen(), the socket iterator. Reads: accept (who listens here?), the agent once a
 * second. Deletes: the close of the last listening socket on it. Cannot leak: every listening
 * socket reports its close, also when its process is killed. When full: TENDRIL_LOSS_SERVICE_FULL;
 * accepted connections then have pid 0. 8,192 x 88 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct service_key);
	__type(value, struct service_owner);
} service_map SEC(".maps");

/*
 * pid_map: thread -> the connect() it is in.
 * Inserts and updates: connect4/connect6; the same thread's TCP connect callback, inside the same
 * system call, takes the dialled address from it when the cookie is the same (so it can never name
 * another connection's). Reads: the agent, to find connects that failed before a SYN was sent (no
 * route). Deletes: nobody; LRU, one entry for each thread that connects. When full: the oldest
 * thread's entry goes. 8,192 x 88 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct connect_attempt);
} pid_map SEC(".maps");

/*
 * cookie_map: live connections, dialled ones from their SYN, accepted ones from established. An array that is a hash table
 * without collision chains: the slot is the low bits of the socket cookie. The kernel numbers sockets in order, so neighbours take
 * neighbouring slots, and finding, taking and freeing a slot costs a few nanoseconds, where a hash map's insert and delete
 * with their locks cost most of what tracing costs.
 * Takes a slot: the TCP connect callback (in the calling process's context), passive established. Reads: established, close,
 * the looks at open connections (open.bpf.c, the socket iterator). Frees: the socket's close, also of one that never was established. Cannot leak: every followed socket
 * reports its close. A slot that another long-lived socket has: the connection goes to flow_map. 32,768 x 136 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, struct flow);
} cookie_map SEC(".maps");

/*
 * flow_map: socket cookie -> live connection whose slot in cookie_map was taken, or that is older than the agent.
 * Inserts: as cookie_map, and the socket iterator. Reads and deletes: as cookie_map. When full: TENDRIL_LOSS_FLOW_FULL; a dialled
 * connection is then not followed and in no counter, an accepted one is counted as opened but not its end and bytes. 32,768 x 144 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct flow);
} flow_map SEC(".maps");

/*
 * flow_events: the ring. Written without wake-ups, read by the agent on a timer. When full: the
 * event is dropped and counted in TENDRIL_LOSS_RING_FULL; no counter depends on it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} flow_events SEC(".maps");

/* loss_map: what was not counted, by reason (enum tendril_loss), for each CPU. Never full. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TENDRIL_LOSS_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} loss_map SEC(".maps");

const volatile struct tendril_config config = {
    .abi = TENDRIL_ABI, .flow_mask = 32768 - 1, .has_coarse_clock = 1};

static __always_inline void count_loss(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&loss_map, &reason);

	if (count)
		*count += 1;
}

#endif
