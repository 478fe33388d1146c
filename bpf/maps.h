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
 * When full: connections of new keys are not counted but in TENDRIL_LOSS_DEPENDENCY_FULL, those of
 * known keys go on being exact. 65,536 x (48 + 248) bytes = 19 MiB.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct dependency_key);
	__type(value, struct dependency_counters);
} dependency_map SEC(".maps");

/*
 * service_map: listening endpoint -> its process.
 * Inserts: listen(), the socket iterator. Reads: accept (who listens here?), the agent once a
 * second. Deletes: the close of the last listening socket on it. Cannot leak: every listening
 * socket reports its close, also when its process is killed. When full: TENDRIL_LOSS_SERVICE_FULL;
 * accepted connections then have pid 0. 16,384 x 80 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct service_key);
	__type(value, struct service_owner);
} service_map SEC(".maps");

/*
 * pid_map: thread -> the connect() it is in.
 * Inserts and updates: connect4/connect6; the same thread's TCP connect callback, inside the same
 * system call, takes the dialled address from it when the cookie is the same (so it can never name
 * another connection's). Reads: the agent, to find connects that failed before a SYN was sent (no
 * route). Deletes: nobody; LRU, one entry for each thread that connects. When full: the oldest
 * thread's entry goes. 16,384 x 56 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct connect_attempt);
} pid_map SEC(".maps");

/*
 * cookie_map: socket cookie -> connection that a process of this host dialled, from its SYN to its close.
 * Inserts: the TCP connect callback, in the calling process's context. Reads: active established, the socket iterator, which
 * brings the bytes of long-lived connections up to date. Deletes: the socket's close, also of one that never was established.
 * Cannot leak: every followed socket reports its close. When full: TENDRIL_LOSS_COOKIE_FULL, that connection is not followed
 * and in no counter. 65,536 x 112 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct flow);
} cookie_map SEC(".maps");

/*
 * flow_map: socket cookie -> live connection that was accepted, or that is older than the agent.
 * Inserts: passive established, the socket iterator. Reads and deletes: as cookie_map. When full: TENDRIL_LOSS_FLOW_FULL; opened is
 * counted, closed and bytes are not. 65,536 x 112 bytes. (Two maps, so that each side of a connection costs one insert and one delete.)
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
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

const volatile struct tendril_config config = {.abi = TENDRIL_ABI};

static __always_inline void count_loss(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&loss_map, &reason);

	if (count)
		*count += 1;
}

#endif
