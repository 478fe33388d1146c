/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The records of live connections: finding, taking and freeing them. */
#ifndef TENDRIL_FLOWS_H
#define TENDRIL_FLOWS_H

#include "counting.h"

/* A connection that is followed, or NULL. */
static __always_inline struct flow *find_flow(__u64 cookie)
{
	__u32 slot = cookie & config.flow_mask;
	struct flow *flow = bpf_map_lookup_elem(&cookie_map, &slot);

	if (flow && flow->cookie == cookie)
		return flow;
	return bpf_map_lookup_elem(&flow_map, &cookie);
}

/*
 * Takes a connection's slot, unless another one has it. Compare-and-swap came with kernel 5.12, and older ones refuse every object with it,
 * so there is a second build of the core without: there all records are entries of flow_map.
 */
static __always_inline struct flow *claim_slot(__u64 cookie)
{
#ifdef TENDRIL_WITHOUT_COMPARE_AND_SWAP
	return NULL;
#else
	__u32 slot = cookie & config.flow_mask;
	struct flow *flow = bpf_map_lookup_elem(&cookie_map, &slot);
	__u64 holder;

	if (!flow)
		return NULL;
	holder = __sync_val_compare_and_swap(&flow->cookie, 0, cookie);
	return holder == 0 || holder == cookie ? flow : NULL;
#endif
}

/* A place for a connection's record: its slot, or an entry of flow_map where that is taken. NULL when there is none. */
static __always_inline struct flow *claim_flow(__u64 cookie)
{
	struct flow *flow = claim_slot(cookie);
	struct flow empty = {};

	if (flow)
		return flow;
	empty.cookie = cookie;
	if (bpf_map_update_elem(&flow_map, &cookie, &empty, BPF_ANY))
		return NULL;
	return bpf_map_lookup_elem(&flow_map, &cookie);
}

/* Fills a claimed record; all but its cookie and the client's end. */
static __always_inline void begin_flow(struct flow *flow, const struct dependency_key *key)
{
	flow->key = *key;
	flow->since_ns = coarse_now();
	flow->bytes_sent = 0;
	flow->bytes_received = 0;
	__builtin_memset(flow->dialled_address, 0, sizeof(flow->dialled_address));
	flow->retransmits = 0;
	flow->received_at_fin = 0;
	flow->dialled_port = 0;
}

/*
 * What a socket carried beyond what is counted already. The close and a look at open connections may come to it at once, on two CPUs: each takes what
 * it counts by changing the record, so that nothing is counted twice. The close always takes the rest, a look only what nobody else took.
 */
#ifdef TENDRIL_WITHOUT_COMPARE_AND_SWAP
#define take_rest(counted, now)                                                                              \
	({                                                                                                   \
		typeof(*(counted)) before = *(counted);                                                      \
		(now) > before ? (now)-before : 0;                                                           \
	})
#else
#define take_rest(counted, now)                                                                              \
	({                                                                                                   \
		typeof(*(counted)) before = __sync_lock_test_and_set(counted, now);                          \
		(now) > before ? (now)-before : 0;                                                           \
	})
#define take_so_far(counted, now)                                                                            \
	({                                                                                                   \
		typeof(*(counted)) before = *(volatile typeof(counted))(counted);                            \
		(now) > before &&__sync_val_compare_and_swap(counted, before, now) == before ? (now)-before  \
											     : 0;            \
	})

/* Counts what an open connection carried so far. */
static __always_inline void count_so_far(struct flow *flow, __u64 sent, __u64 received, __u32 retransmits)
{
	struct dependency_counters *counters = bpf_map_lookup_elem(&dependency_map, &flow->key);

	if (!counters)
		return;
	add(&counters->bytes_sent, take_so_far(&flow->bytes_sent, sent));
	add(&counters->bytes_received, take_so_far(&flow->bytes_received, received));
	add(&counters->retransmits, take_so_far(&flow->retransmits, retransmits));
}
#endif

static __always_inline void release_flow(__u64 cookie)
{
	__u32 slot = cookie & config.flow_mask;
	struct flow *flow = bpf_map_lookup_elem(&cookie_map, &slot);

	if (flow && flow->cookie == cookie)
		flow->cookie = 0;
	else
		bpf_map_delete_elem(&flow_map, &cookie);
}

#endif
