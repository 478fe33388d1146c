/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What a sockops callback tells of its socket, and flow events made of it. */
#ifndef TENDRIL_EVENTS_H
#define TENDRIL_EVENTS_H

#include "counting.h"

#define AF_INET 2

/* A dual-stack socket that speaks IPv4 has its addresses mapped already, so one representation fits
 * every family. */
static __always_inline void read_local_address(struct bpf_sock_ops *ctx, __u8 to[16])
{
	__u32 *words = (__u32 *)to;

	if (ctx->family == AF_INET) {
		map_ipv4(to, ctx->local_ip4);
		return;
	}
	words[0] = ctx->local_ip6[0];
	words[1] = ctx->local_ip6[1];
	words[2] = ctx->local_ip6[2];
	words[3] = ctx->local_ip6[3];
}

static __always_inline void read_remote_address(struct bpf_sock_ops *ctx, __u8 to[16])
{
	__u32 *words = (__u32 *)to;

	if (ctx->family == AF_INET) {
		map_ipv4(to, ctx->remote_ip4);
		return;
	}
	words[0] = ctx->remote_ip6[0];
	words[1] = ctx->remote_ip6[1];
	words[2] = ctx->remote_ip6[2];
	words[3] = ctx->remote_ip6[3];
}

/* remote_port is 32 bits in network order (local_port is in host order): measured on 5.10 to 6.18.
 */
static __always_inline __u16 remote_port(struct bpf_sock_ops *ctx)
{
	return bpf_ntohl(ctx->remote_port);
}

static __always_inline __u32 smoothed_rtt_us(struct bpf_sock_ops *ctx)
{
	return ctx->srtt_us >> 3; /* the kernel keeps eight times the value */
}

/*
 * bytes_acked counts the SYN of an active open and an acknowledged FIN as one byte each; it is
 * called with the state before CLOSE, which tells whether our FIN was acknowledged.
 */
static __always_inline __u64 bytes_sent(struct bpf_sock_ops *ctx, __u8 role, __u32 last_state)
{
	__u64 acked = ctx->bytes_acked;
	__u64 control = role == TENDRIL_ROLE_CLIENT;

	if (last_state == BPF_TCP_FIN_WAIT2 || last_state == BPF_TCP_CLOSING ||
	    last_state == BPF_TCP_LAST_ACK)
		control++;
	return acked > control ? acked - control : 0;
}

/*
 * bytes_received counts the peer's FIN as one byte, once it has come. From FIN_WAIT2 the socket closes either because it came
 * or because nobody waits for it any more (close() before it); it came if anything did since our own FIN was acknowledged.
 */
static __always_inline __u64 bytes_received(struct bpf_sock_ops *ctx, const struct flow *flow,
					    __u32 last_state)
{
	__u64 received = ctx->bytes_received;
	int fin = last_state == BPF_TCP_CLOSE_WAIT || last_state == BPF_TCP_LAST_ACK ||
		  last_state == BPF_TCP_CLOSING;

	if (last_state == BPF_TCP_FIN_WAIT2)
		fin = flow->received_at_fin != (__u32)received;
	return received && fin ? received - 1 : received;
}

/*
 * Both ends of one connection have the same two sequence numbers, so both choose the same connections to tell of, and the operator can
 * join what a client dialled with who answered, whatever stands between them. One in 64.
 */
static __always_inline int is_chosen_by_both_ends(__u32 send_sequence, __u32 receive_sequence)
{
	return (send_sequence ^ receive_sequence) * 0x9e3779b1u >> 26 == 0;
}

/* A flow event may be sent: the first of every dependency always, then as many as the budget has
 * tokens. */
static __always_inline int within_budget(int first, int joint)
{
	if (first)
		return 1;
	if (joint && control.joint_tokens > 0) {
		__sync_fetch_and_add(&control.joint_tokens, -1);
		return 1;
	}
	if (control.event_tokens > 0) {
		/* Two CPUs may both take the last token: the budget is a bound on cost, not a
		 * count. */
		__sync_fetch_and_add(&control.event_tokens, -1);
		return 1;
	}
	count_loss(TENDRIL_LOSS_EVENT_SUPPRESSED);
	return 0;
}

/* A function of its own, so that the struct is in the object's BTF, where a test compares it. */
static __noinline int name_process(struct flow_event *event, const struct dependency_counters *counters)
{
	if (!event || !counters)
		return 0;
	event->cgroup_id = counters->cgroup_id;
	__builtin_memcpy(event->comm, counters->comm, TENDRIL_COMM_LENGTH);
	return 0;
}

/* A flow event with what every kind has; NULL when there is no room or no budget. */
static __always_inline struct flow_event *reserve_event(struct bpf_sock_ops *ctx,
							const struct dependency_key *key,
							const struct dependency_counters *counters, __u8 kind,
							int first, int joint)
{
	struct flow_event *event;

	if (!within_budget(first, joint))
		return NULL;
	event = bpf_ringbuf_reserve(&flow_events, sizeof(*event), 0);
	if (!event) {
		count_loss(TENDRIL_LOSS_RING_FULL);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->cookie = bpf_get_socket_cookie(ctx);
	event->netns_cookie = key->netns_cookie;
	read_local_address(ctx, event->local_address);
	read_remote_address(ctx, event->remote_address);
	event->local_port = ctx->local_port;
	event->remote_port = remote_port(ctx);
	event->pid = key->pid;
	event->start = key->start;
	event->kind = kind;
	event->role = key->role;
	event->transport = key->transport;
	name_process(event, counters);
	return event;
}

#endif
