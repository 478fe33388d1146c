// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What open connections carried so far. The agent runs these programs (BPF_PROG_TEST_RUN) in each network namespace that has connections of some
 * age; each of those is found by its addresses and ports, so that the cost grows with the number of connections that are open, where an iterator over
 * all sockets goes through the kernel's whole table, once for each namespace. No kernel structs, so no BTF; compare-and-swap: kernels from 5.12.
 *
 * Not found are connections of sockets that are bound to an interface, and those whose address is not in their key ("others"): an iterator finds
 * them (sockets.bpf.c), where there is one.
 */
#include "flows.h"

#define SLOTS_AT_ONCE 64

struct look {
	__u64 netns_cookie;	      /* of the caller's network namespace */
	__u64 before_ns;	      /* only connections that are older */
	__u32 next_slot;	      /* of cookie_map; goes on from run to run */
	__u32 unfound;		      /* connections that are open, and no socket was found */
	__u64 cookies[SLOTS_AT_ONCE]; /* of connections in flow_map; 0: no more */
};

/* Written by the agent before each run, read after it; one run at a time. */
struct look look = {};

/* As a packet to this end of the connection has them: its source is the other end. */
static __always_inline struct bpf_sock *find_socket(struct __sk_buff *skb, const struct flow *flow)
{
	int is_client = flow->key.role == TENDRIL_ROLE_CLIENT;
	const __u8 *source = is_client ? flow->key.server_address : flow->client_address;
	const __u8 *destination = is_client ? flow->client_address : flow->key.server_address;
	__u16 source_port = bpf_htons(is_client ? flow->key.server_port : flow->client_port);
	__u16 destination_port = bpf_htons(is_client ? flow->client_port : flow->key.server_port);
	struct bpf_sock_tuple tuple = {};

	if (is_ipv4(source)) {
		tuple.ipv4.saddr = ((const __u32 *)source)[3];
		tuple.ipv4.daddr = ((const __u32 *)destination)[3];
		tuple.ipv4.sport = source_port;
		tuple.ipv4.dport = destination_port;
		return bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	}
	__builtin_memcpy(tuple.ipv6.saddr, source, sizeof(tuple.ipv6.saddr));
	__builtin_memcpy(tuple.ipv6.daddr, destination, sizeof(tuple.ipv6.daddr));
	tuple.ipv6.sport = source_port;
	tuple.ipv6.dport = destination_port;
	return bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0);
}

/* The connection has not ended, and its record was not given to another one, since its cookie was read. */
static __always_inline int is_still(const struct flow *flow, __u64 cookie)
{
	return *(const volatile __u64 *)&flow->cookie == cookie;
}

/*
 * The socket is not locked. What it received may have a FIN counted that its state does not show yet, for some nanoseconds: a byte too many, in
 * one of some hundred million closing connections. Of what it sent that cannot be, as the state changes before a FIN is sent.
 */
static __always_inline void count_open(struct bpf_sock *socket, struct flow *flow, __u64 cookie)
{
	struct bpf_tcp_sock *tcp = bpf_tcp_sock(socket);
	__u64 sent, received;
	__u32 retransmits;

	if (!tcp)
		return;
	sent = tcp->bytes_acked;
	received = tcp->bytes_received;
	retransmits = tcp->total_retrans;
	barrier_var(sent);
	barrier_var(received);
	if (socket->state != BPF_TCP_ESTABLISHED && socket->state != BPF_TCP_CLOSE_WAIT)
		return;
	/* An active open's SYN is none of them, nor is the other end's FIN. */
	if (flow->key.role == TENDRIL_ROLE_CLIENT && sent)
		sent--;
	if (socket->state == BPF_TCP_CLOSE_WAIT && received)
		received--;
	if (is_still(flow, cookie))
		count_so_far(flow, sent, received, retransmits);
}

static __always_inline void look_at(struct __sk_buff *skb, struct flow *flow)
{
	__u64 cookie = flow->cookie;
	struct bpf_sock *socket;

	if (!cookie || flow->key.netns_cookie != look.netns_cookie || flow->since_ns >= look.before_ns)
		return;
	socket = find_socket(skb, flow);
	/* Without a connection the lookup goes on to who listens there. */
	if (socket && socket->state != BPF_TCP_LISTEN)
		count_open(socket, flow, cookie);
	else if (is_still(flow, cookie))
		look.unfound++;
	if (socket)
		bpf_sk_release(socket);
}

/* Global functions: verified once each, however often they are called. */
__noinline int look_at_slot(struct __sk_buff *skb, __u32 slot)
{
	struct flow *flow = bpf_map_lookup_elem(&cookie_map, &slot);

	if (flow)
		look_at(skb, flow);
	return 0;
}

__noinline int look_at_flow(struct __sk_buff *skb, __u64 cookie)
{
	struct flow *flow = bpf_map_lookup_elem(&flow_map, &cookie);

	if (flow)
		look_at(skb, flow);
	return 0;
}

SEC("tc")
int look_at_slots(struct __sk_buff *skb)
{
	for (int i = 0; i < SLOTS_AT_ONCE; i++)
		look_at_slot(skb, look.next_slot++);
	return 0;
}

SEC("tc")
int look_at_flows(struct __sk_buff *skb)
{
	for (int i = 0; i < SLOTS_AT_ONCE && look.cookies[i]; i++)
		look_at_flow(skb, look.cookies[i]);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
