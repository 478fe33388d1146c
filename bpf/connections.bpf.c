// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The core object: who connects to whom, from the cgroup connect hooks and TCP's own callbacks
 * (sockops).
 *
 * Only UAPI contexts and helpers, no kernel structs: it loads without BTF and under lockdown, where
 * kprobes, tracepoints and fentry are refused. Every program lets the traffic through on every
 * path.
 *
 * A connection's way: connect4/6 notes what the thread dials (pid_map) -> TCP connect callback,
 * same system call, process context: identity (cookie_map) -> active established: counted
 * (dependency_map), live (flow_map) -> close. An accepted one: passive established: the listener's
 * process (service_map), counted, live -> close.
 */
#include "counting.h"

#define AF_INET	      2
#define AF_INET6      10
#define SOCK_STREAM   1
#define IPPROTO_MPTCP 262
#define ALLOW	      1

static __always_inline __u32 current_pid(__u64 pid_tgid)
{
	return pid_tgid >> 32;
}

static __always_inline int is_self(__u32 pid)
{
	return config.self_pid && config.self_pid == pid;
}

/* A thread's earlier connect() that never sent a SYN (no route, refused by policy) counts as failed
 * when it dials again. */
static __noinline int count_unsent(const struct connect_attempt *attempt, __u32 pid)
{
	struct dependency_key key = {};
	struct dependency_counters *counters;

	if (!attempt)
		return 0;
	key.netns_cookie = attempt->netns_cookie;
	copy_address(key.server_address, attempt->address);
	key.pid = pid;
	key.server_port = attempt->port;
	key.role = TENDRIL_ROLE_CLIENT;
	key.transport = IPPROTO_TCP;
	counters = bpf_map_lookup_elem(&dependency_map, &key);
	if (!counters) {
		insert_dependency(&key, attempt->comm, attempt->cgroup_id);
		counters = bpf_map_lookup_elem(&dependency_map, &key);
	}
	if (counters)
		add(&counters->failed, 1);
	else
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
	return 0;
}

static __always_inline int track_connect(struct bpf_sock_addr *ctx, const __u8 address[16])
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct connect_attempt *last;
	__u64 cookie;

	if (ctx->type != SOCK_STREAM || is_self(current_pid(pid_tgid)))
		return ALLOW;
	if (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_MPTCP)
		return ALLOW;
	cookie = bpf_get_socket_cookie(ctx);
	last = bpf_map_lookup_elem(&pid_map, &pid_tgid);
	if (!last) {
		struct connect_attempt first = {.cgroup_id = bpf_get_current_cgroup_id()};

		bpf_get_current_comm(first.comm, sizeof(first.comm));
		if (bpf_map_update_elem(&pid_map, &pid_tgid, &first, BPF_ANY)) {
			count_loss(TENDRIL_LOSS_PID_FULL);
			return ALLOW;
		}
		last = bpf_map_lookup_elem(&pid_map, &pid_tgid);
		if (!last)
			return ALLOW;
	}
	if (last->pending && last->cookie != cookie)
		count_unsent(last, current_pid(pid_tgid));
	last->cookie = cookie;
	last->netns_cookie = bpf_get_netns_cookie(ctx);
	last->time_ns =
	    bpf_ktime_get_coarse_ns(); /* to a few milliseconds: only its age matters, and it is cheap */
	copy_address(last->address, address);
	last->port = bpf_ntohs(ctx->user_port);
	last->pending = 1;
	return ALLOW;
}

SEC("cgroup/connect4")
int cgroup_connect_tracker(struct bpf_sock_addr *ctx)
{
	__u8 address[16] __attribute__((aligned(8)));

	map_ipv4(address, ctx->user_ip4);
	return track_connect(ctx, address);
}

SEC("cgroup/connect6")
int cgroup_connect_tracker6(struct bpf_sock_addr *ctx)
{
	__u32 address[4] __attribute__((aligned(8)));

	address[0] = ctx->user_ip6[0];
	address[1] = ctx->user_ip6[1];
	address[2] = ctx->user_ip6[2];
	address[3] = ctx->user_ip6[3];
	return track_connect(ctx, (__u8 *)address);
}

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

static __always_inline void follow_states(struct bpf_sock_ops *ctx)
{
	__u32 flags = ctx->bpf_sock_ops_cb_flags;

	if (!(flags & BPF_SOCK_OPS_STATE_CB_FLAG))
		bpf_sock_ops_cb_flags_set(ctx, flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

static __always_inline __u32 smoothed_rtt_us(struct bpf_sock_ops *ctx)
{
	return ctx->srtt_us >> 3; /* the kernel keeps eight times the value */
}

struct tendril_control control = {};

/* A flow event may be sent: the first of every dependency always, then as many as the budget has
 * tokens. */
static __always_inline int within_budget(int first)
{
	if (first)
		return 1;
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
							int first)
{
	struct flow_event *event;

	if (!within_budget(first))
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
	event->kind = kind;
	event->role = key->role;
	event->transport = key->transport;
	name_process(event, counters);
	return event;
}

static __noinline int on_listen(struct bpf_sock_ops *ctx)
{
	struct service_key key = {};
	struct service_owner owner = {};
	struct service_owner *known;

	key.netns_cookie = bpf_get_netns_cookie(ctx);
	read_local_address(ctx, key.address);
	key.port = ctx->local_port;
	key.transport = IPPROTO_TCP;
	owner.cookie = bpf_get_socket_cookie(ctx);
	owner.pid = current_pid(bpf_get_current_pid_tgid());
	owner.cgroup_id = bpf_get_current_cgroup_id();
	owner.since_ns = bpf_ktime_get_ns();
	owner.sockets = 1;
	bpf_get_current_comm(owner.comm, sizeof(owner.comm));
	known = bpf_map_lookup_elem(&service_map, &key);
	if (known)
		owner.sockets += known->sockets;
	if (bpf_map_update_elem(&service_map, &key, &owner, BPF_ANY)) {
		count_loss(TENDRIL_LOSS_SERVICE_FULL);
		return 0;
	}
	follow_states(ctx);
	return 0;
}

static __noinline int on_listen_closed(struct bpf_sock_ops *ctx)
{
	struct service_key key = {};
	struct service_owner *owner;

	key.netns_cookie = bpf_get_netns_cookie(ctx);
	read_local_address(ctx, key.address);
	key.port = ctx->local_port;
	key.transport = IPPROTO_TCP;
	owner = bpf_map_lookup_elem(&service_map, &key);
	if (!owner)
		return 0;
	if (owner->sockets > 1)
		__sync_fetch_and_add(&owner->sockets, -1);
	else
		bpf_map_delete_elem(&service_map, &key);
	return 0;
}

/* A place for a connection's record: its slot, or an entry of flow_map where that is taken. NULL when there is none. */
static __always_inline struct flow *claim_flow(__u64 cookie)
{
	__u32 slot = cookie & config.flow_mask;
	struct flow *flow = bpf_map_lookup_elem(&cookie_map, &slot);
	struct flow empty = {};
	__u64 holder;

	if (!flow)
		return NULL;
	holder = __sync_val_compare_and_swap(&flow->cookie, 0, cookie);
	if (holder == 0 || holder == cookie)
		return flow;
	empty.cookie = cookie;
	if (bpf_map_update_elem(&flow_map, &cookie, &empty, BPF_ANY))
		return NULL;
	return bpf_map_lookup_elem(&flow_map, &cookie);
}

/* Fills a claimed record; all but its cookie. */
static __always_inline void begin_flow(struct flow *flow, const struct dependency_key *key)
{
	flow->key = *key;
	flow->since_ns = bpf_ktime_get_coarse_ns();
	flow->bytes_sent = 0;
	flow->bytes_received = 0;
	__builtin_memset(flow->dialled_address, 0, sizeof(flow->dialled_address));
	flow->retransmits = 0;
	flow->received_at_fin = 0;
	flow->dialled_port = 0;
}

static __always_inline void release_flow(__u64 cookie)
{
	__u32 slot = cookie & config.flow_mask;
	struct flow *flow = bpf_map_lookup_elem(&cookie_map, &slot);

	if (flow && flow->cookie == cookie)
		flow->cookie = 0;
	else
		bpf_map_delete_elem(&flow_map, &cookie);
}

/* Runs in the context of the process that connects, before the SYN is sent: the only place that knows it for certain. */
static __noinline int on_connect(struct bpf_sock_ops *ctx)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct dependency_key key = {};
	struct connect_attempt *attempt;
	char comm[TENDRIL_COMM_LENGTH] = {};
	struct flow *flow;

	if (is_self(current_pid(pid_tgid)))
		return 0;
	flow = claim_flow(cookie);
	if (!flow) {
		count_loss(TENDRIL_LOSS_FLOW_FULL);
		return 0;
	}
	key.netns_cookie = bpf_get_netns_cookie(ctx);
	read_remote_address(ctx, key.server_address);
	key.pid = current_pid(pid_tgid);
	key.server_port = remote_port(ctx);
	key.role = TENDRIL_ROLE_CLIENT;
	key.transport = IPPROTO_TCP;
	begin_flow(flow, &key);

	attempt = bpf_map_lookup_elem(&pid_map, &pid_tgid);
	if (attempt && attempt->cookie == cookie) {
		attempt->pending = 0;
		if (attempt->port != key.server_port || !same_address(attempt->address, key.server_address)) {
			copy_address(flow->dialled_address, attempt->address);
			flow->dialled_port = attempt->port;
		}
	}
	if (!bpf_map_lookup_elem(&dependency_map, &key)) {
		bpf_get_current_comm(comm, sizeof(comm));
		insert_dependency(&key, comm, bpf_get_current_cgroup_id());
	}
	follow_states(ctx);
	return 0;
}

/* Counts an established connection. */
static __always_inline void count_opened(struct bpf_sock_ops *ctx, struct flow *flow,
					 struct dependency_counters *counters)
{
	struct flow_event *event;
	__u32 rtt_us = smoothed_rtt_us(ctx);
	int first = counters->opened == 0;

	add(&counters->opened, 1);
	count_rtt(counters, rtt_us);
	event = reserve_event(ctx, &flow->key, counters, TENDRIL_FLOW_OPENED, first);
	/* To a few milliseconds, unless there is an event to be exact for. */
	flow->since_ns = event ? event->time_ns : bpf_ktime_get_coarse_ns();
	if (!event)
		return;
	event->rtt_us = rtt_us;
	event->send_sequence = ctx->snd_nxt;
	event->receive_sequence = ctx->rcv_nxt;
	event->dialled_port = flow->dialled_port;
	copy_address(event->dialled_address, flow->dialled_address);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

static __noinline int on_active_established(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct flow *flow = find_flow(cookie);
	struct dependency_counters *counters;

	/* Not followed: the agent's own, a full map (counted there), or a connect older than the agent (the iterator finds it). */
	if (!flow)
		return 0;
	counters = bpf_map_lookup_elem(&dependency_map, &flow->key);
	if (counters) {
		count_opened(ctx, flow, counters);
	} else {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		release_flow(cookie);
	}
	return 0;
}

static __noinline int on_passive_established(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct dependency_key key = {};
	struct dependency_counters *counters;
	struct service_owner *owner;
	char comm[TENDRIL_COMM_LENGTH] = {};
	struct flow *flow;

	key.netns_cookie = bpf_get_netns_cookie(ctx);
	read_local_address(ctx, key.server_address);
	read_remote_address(ctx, key.peer_address);
	key.server_port = ctx->local_port;
	key.role = TENDRIL_ROLE_SERVER;
	key.transport = IPPROTO_TCP;
	owner = find_owner(key.netns_cookie, key.server_address, key.server_port);
	if (owner) {
		key.pid = owner->pid;
		if (is_self(key.pid))
			return 0;
	}
	counters = bpf_map_lookup_elem(&dependency_map, &key);
	if (!counters) {
		if (owner)
			__builtin_memcpy(comm, owner->comm, sizeof(comm));
		insert_dependency(&key, comm, owner ? owner->cgroup_id : 0);
		counters = bpf_map_lookup_elem(&dependency_map, &key);
	}
	if (!counters) {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		return 0;
	}
	flow = claim_flow(cookie);
	if (!flow) {
		add(&counters->opened, 1);
		count_loss(TENDRIL_LOSS_FLOW_FULL);
		return 0;
	}
	begin_flow(flow, &key);
	count_opened(ctx, flow, counters);
	follow_states(ctx);
	return 0;
}

static __noinline int on_connect_failed(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct flow *flow = find_flow(cookie);
	struct dependency_counters *counters;
	struct flow_event *event;
	int first;

	if (!flow) {
		count_loss(TENDRIL_LOSS_UNATTRIBUTED);
		return 0;
	}
	counters = bpf_map_lookup_elem(&dependency_map, &flow->key);
	if (counters) {
		first = counters->failed == 0;
		add(&counters->failed, 1);
		add(&counters->retransmits, ctx->total_retrans);
		event = reserve_event(ctx, &flow->key, counters, TENDRIL_FLOW_FAILED, first);
		if (event) {
			event->duration_ns = event->time_ns - flow->since_ns;
			event->retransmits = ctx->total_retrans;
			event->dialled_port = flow->dialled_port;
			copy_address(event->dialled_address, flow->dialled_address);
			bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
		}
	} else {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
	}
	release_flow(cookie);
	return 0;
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

static __noinline int on_fin_acknowledged(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct flow *flow = find_flow(cookie);

	if (flow)
		flow->received_at_fin = ctx->bytes_received;
	return 0;
}

static __always_inline void count_closed(struct bpf_sock_ops *ctx, struct flow *flow, __u32 last_state)
{
	struct dependency_counters *counters = bpf_map_lookup_elem(&dependency_map, &flow->key);
	__u64 sent = bytes_sent(ctx, flow->key.role, last_state),
	      received = bytes_received(ctx, flow, last_state);
	__u32 retransmits = ctx->total_retrans;
	struct flow_event *event;

	if (!counters) {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		return;
	}
	if (sent > flow->bytes_sent)
		add(&counters->bytes_sent, sent - flow->bytes_sent);
	if (received > flow->bytes_received)
		add(&counters->bytes_received, received - flow->bytes_received);
	if (retransmits > flow->retransmits)
		add(&counters->retransmits, retransmits - flow->retransmits);
	add(&counters->closed, 1);
	event = reserve_event(ctx, &flow->key, counters, TENDRIL_FLOW_CLOSED, 0);
	if (!event)
		return;
	event->duration_ns = event->time_ns - flow->since_ns;
	event->bytes_sent = sent;
	event->bytes_received = received;
	event->retransmits = retransmits;
	event->rtt_us = smoothed_rtt_us(ctx);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

static __noinline int on_closed(struct bpf_sock_ops *ctx, __u32 last_state)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct flow *flow = find_flow(cookie);

	if (flow) {
		count_closed(ctx, flow, last_state);
		release_flow(cookie);
	} else if (last_state != BPF_TCP_SYN_RECV) {
		/* A child that was reset before it was established has none, rightly. */
		count_loss(TENDRIL_LOSS_UNATTRIBUTED);
	}
	return 0;
}

static __always_inline void on_state(struct bpf_sock_ops *ctx)
{
	__u32 last_state = ctx->args[0], state = ctx->args[1];

	if (state == BPF_TCP_FIN_WAIT2)
		on_fin_acknowledged(ctx);
	if (state != BPF_TCP_CLOSE)
		return;
	if (last_state == BPF_TCP_LISTEN)
		on_listen_closed(ctx);
	else if (last_state == BPF_TCP_SYN_SENT)
		on_connect_failed(ctx);
	else
		on_closed(ctx, last_state);
}

SEC("sockops")
int sockops_tracker(struct bpf_sock_ops *ctx)
{
	switch (ctx->op) {
	case BPF_SOCK_OPS_STATE_CB:
		on_state(ctx);
		break;
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		on_connect(ctx);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		on_active_established(ctx);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		on_passive_established(ctx);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		on_listen(ctx);
		break;
	}
	return ALLOW;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
