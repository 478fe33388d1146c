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
#include "events.h"
#include "flows.h"

#define AF_INET	      2
#define AF_INET6      10
#define SOCK_STREAM   1
#define IPPROTO_MPTCP 262
#define ALLOW	      1
#define ECONNREFUSED  111
#define ETIMEDOUT     110
#define EHOSTUNREACH  113
#define ENETUNREACH   101

static __always_inline __u32 current_pid(__u64 pid_tgid)
{
	return pid_tgid >> 32;
}

/* The connect hooks have helpers for whose system call it is; socket callbacks have them on few kernels. */
static __always_inline __u64 callback_pid_tgid(void)
{
	void *task;

	if (config.process_source == TENDRIL_PROCESS_BY_HELPERS)
		return bpf_get_current_pid_tgid();
	if (config.process_source == TENDRIL_PROCESS_BY_CONNECT)
		return 0;
	task = current_task();
	return (__u64)kernel_u32(task, config.tgid_offset) << 32 | kernel_u32(task, config.pid_offset);
}

static __always_inline __u64 callback_cgroup_id(void)
{
	void *set, *group, *node;

	if (config.process_source == TENDRIL_PROCESS_BY_HELPERS)
		return bpf_get_current_cgroup_id();
	if (config.process_source == TENDRIL_PROCESS_BY_CONNECT)
		return 0;
	set = kernel_pointer(current_task(), config.cgroups_offset);
	group = set ? kernel_pointer(set, config.default_cgroup_offset) : NULL;
	node = group ? kernel_pointer(group, config.cgroup_node_offset) : NULL;
	return node ? kernel_u64(node, config.cgroup_id_offset) : 0;
}

static __always_inline void callback_comm(char comm[TENDRIL_COMM_LENGTH])
{
	char *leader;

	if (config.process_source == TENDRIL_PROCESS_BY_HELPERS) {
		current_comm(comm);
		return;
	}
	leader = config.process_source == TENDRIL_PROCESS_BY_TASK ? current_leader() : NULL;
	if (leader)
		comm_of(leader, comm);
}

static __always_inline __u32 callback_start(void)
{
	return config.process_source == TENDRIL_PROCESS_BY_CONNECT ? 0 : current_start();
}

/* The network namespace of a callback's socket. */
static __always_inline __u64 callback_namespace(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *socket;
	void *tcp, *net;

	if (config.namespace_source == TENDRIL_NAMESPACE_BY_COOKIE)
		return bpf_get_netns_cookie(ctx);
	if (config.namespace_source == TENDRIL_NAMESPACE_NOT_TOLD)
		return 0;
	socket = ctx->sk;
	if (!socket)
		return 0;
	tcp = bpf_skc_to_tcp_sock(socket);
	if (!tcp)
		return 0;
	net = *(void **)(tcp + config.socket_net_offset);
	return net ? *(__u32 *)(net + config.net_number_offset) : 0;
}

static __always_inline int is_self(__u32 pid)
{
	return config.self_pid && config.self_pid == pid;
}

static __always_inline void count_failed(struct dependency_counters *counters, __u32 failure, __u64 began_ns)
{
	add(&counters->failed, 1);
	if (failure == TENDRIL_FAILURE_REFUSED)
		add(&counters->refused, 1);
	else if (failure == TENDRIL_FAILURE_TIMED_OUT)
		add(&counters->timed_out, 1);
	else if (failure == TENDRIL_FAILURE_UNREACHABLE)
		add(&counters->unreachable, 1);
	else if (failure == TENDRIL_FAILURE_ABANDONED)
		add(&counters->abandoned, 1);
	counters->last_failure = failure;
	counters->last_attempt_ns = began_ns;
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
	key.start = attempt->start;
	key.server_port = attempt->port;
	key.role = TENDRIL_ROLE_CLIENT;
	key.transport = IPPROTO_TCP;
	counters = bpf_map_lookup_elem(&dependency_map, &key);
	if (!counters) {
		admit_dependency(&key, attempt->comm, attempt->cgroup_id);
		counters = bpf_map_lookup_elem(&dependency_map, &key);
	}
	if (counters)
		count_failed(counters, TENDRIL_FAILURE_UNREACHABLE, attempt->time_ns);
	else
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
	return 0;
}

static __always_inline int track_connect(struct bpf_sock_addr *ctx, const __u8 address[16])
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct connect_attempt *last;
	__u64 cookie, key;
	__u32 start;

	if (ctx->type != SOCK_STREAM || is_self(current_pid(pid_tgid)))
		return ALLOW;
	if (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_MPTCP)
		return ALLOW;
	/* The subflows of MPTCP have cookies of their own: whose they are could not be told. */
	if (config.process_source == TENDRIL_PROCESS_BY_CONNECT && ctx->protocol != IPPROTO_TCP)
		return ALLOW;
	cookie = bpf_get_socket_cookie(ctx);
	start = current_start();
	key = config.process_source == TENDRIL_PROCESS_BY_CONNECT ? cookie : pid_tgid;
	last = bpf_map_lookup_elem(&pid_map, &key);
	/* A thread's number may be used again, too. */
	if (!last || last->start != start) {
		struct connect_attempt first = {
		    .cgroup_id = bpf_get_current_cgroup_id(),
		    .start = start,
		    .pid = current_pid(pid_tgid),
		};

		if (last && last->pending)
			count_unsent(last, current_pid(pid_tgid));

		current_comm(first.comm);
		if (bpf_map_update_elem(&pid_map, &key, &first, BPF_ANY)) {
			count_loss(TENDRIL_LOSS_PID_FULL);
			return ALLOW;
		}
		last = bpf_map_lookup_elem(&pid_map, &key);
		if (!last)
			return ALLOW;
	}
	if (last->pending && last->cookie != cookie)
		count_unsent(last, current_pid(pid_tgid));
	last->cookie = cookie;
	last->netns_cookie = current_namespace(ctx);
	last->time_ns = coarse_now(); /* only its age matters */
	copy_address(last->address, address);
	last->port = bpf_ntohs(ctx->user_port);
	last->pending = 1;
	last->multipath = ctx->protocol == IPPROTO_MPTCP;
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

static __always_inline void follow_states(struct bpf_sock_ops *ctx)
{
	__u32 flags = ctx->bpf_sock_ops_cb_flags;

	if (!(flags & BPF_SOCK_OPS_STATE_CB_FLAG))
		bpf_sock_ops_cb_flags_set(ctx, flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

/* So that the agent looks at the process while it is there: listening is rare, and a name is made of it. */
static __always_inline void tell_listening(const struct service_key *key, const struct service_owner *owner)
{
	struct flow_event *event = bpf_ringbuf_reserve(&flow_events, sizeof(*event), 0);

	if (!event) {
		count_loss(TENDRIL_LOSS_RING_FULL);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = owner->since_ns;
	event->cookie = owner->cookie;
	event->netns_cookie = key->netns_cookie;
	event->cgroup_id = owner->cgroup_id;
	event->pid = owner->pid;
	event->start = owner->start;
	event->kind = TENDRIL_FLOW_LISTENING;
	event->role = TENDRIL_ROLE_SERVER;
	event->transport = key->transport;
	copy_address(event->local_address, key->address);
	event->local_port = key->port;
	__builtin_memcpy(event->comm, owner->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, wake_for(1));
}

/*
 * shared_listener_map: storage of a listening socket that shares its endpoint with another process's (SO_REUSEPORT): its own process. Inherited by
 * what it accepts, which costs; so only the later one has it, and who is accepted without it belongs to the former. Freed with the socket.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct former_owner);
} shared_listener_map SEC(".maps");

/* Another process listens there already, and goes on. */
static __always_inline void share_endpoint(struct bpf_sock_ops *ctx, struct service_owner *owner,
					   const struct service_owner *known)
{
	struct bpf_sock *socket = ctx->sk;
	struct former_owner *own;

	owner->former = known->former;
	if (known->pid == owner->pid && known->start == owner->start)
		return;
	if (!owner->former.pid) {
		owner->former.cgroup_id = known->cgroup_id;
		owner->former.pid = known->pid;
		owner->former.start = known->start;
		__builtin_memcpy(owner->former.comm, known->comm, sizeof(owner->former.comm));
	}
	if (!socket)
		return;
	own = bpf_sk_storage_get(&shared_listener_map, socket, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!own)
		return;
	own->cgroup_id = owner->cgroup_id;
	own->pid = owner->pid;
	own->start = owner->start;
	__builtin_memcpy(own->comm, owner->comm, sizeof(own->comm));
}

/* Who of several accepted. NULL where there is but one. */
static __always_inline struct former_owner *find_sharer(struct bpf_sock_ops *ctx, struct service_owner *owner)
{
	struct bpf_sock *socket = ctx->sk;
	struct former_owner *own;

	if (!owner->former.pid || !socket)
		return NULL;
	own = bpf_sk_storage_get(&shared_listener_map, socket, NULL, 0);
	return own ? own : &owner->former;
}

static __noinline int on_listen(struct bpf_sock_ops *ctx)
{
	struct service_key key = {};
	struct service_owner owner = {};
	struct service_owner *known;

	key.netns_cookie = callback_namespace(ctx);
	read_local_address(ctx, key.address);
	key.port = ctx->local_port;
	key.transport = IPPROTO_TCP;
	owner.cookie = bpf_get_socket_cookie(ctx);
	owner.pid = current_pid(callback_pid_tgid());
	owner.cgroup_id = callback_cgroup_id();
	owner.since_ns = bpf_ktime_get_ns();
	owner.sockets = 1;
	owner.start = callback_start();
	callback_comm(owner.comm);
	known = bpf_map_lookup_elem(&service_map, &key);
	if (known) {
		owner.sockets += known->sockets;
		share_endpoint(ctx, &owner, known);
	}
	if (bpf_map_update_elem(&service_map, &key, &owner, BPF_ANY)) {
		count_loss(TENDRIL_LOSS_SERVICE_FULL);
		return 0;
	}
	tell_listening(&key, &owner);
	follow_states(ctx);
	return 0;
}

/* One of several sockets on an endpoint closes: of two processes the other one stays. */
static __always_inline void leave_endpoint(struct bpf_sock_ops *ctx, struct service_owner *owner)
{
	struct bpf_sock *socket = ctx->sk;
	struct former_owner *own;

	if (!owner->former.pid || !socket)
		return;
	own = bpf_sk_storage_get(&shared_listener_map, socket, NULL, 0);
	if (own && own->pid == owner->pid) {
		owner->cgroup_id = owner->former.cgroup_id;
		owner->pid = owner->former.pid;
		owner->start = owner->former.start;
		__builtin_memcpy(owner->comm, owner->former.comm, sizeof(owner->comm));
	}
	owner->former.pid = 0;
}

static __noinline int on_listen_closed(struct bpf_sock_ops *ctx)
{
	struct service_key key = {};
	struct service_owner *owner;

	key.netns_cookie = callback_namespace(ctx);
	read_local_address(ctx, key.address);
	key.port = ctx->local_port;
	key.transport = IPPROTO_TCP;
	owner = bpf_map_lookup_elem(&service_map, &key);
	if (!owner)
		return 0;
	if (owner->sockets > 1) {
		__sync_fetch_and_add(&owner->sockets, -1);
		leave_endpoint(ctx, owner);
	} else {
		bpf_map_delete_elem(&service_map, &key);
	}
	return 0;
}

static __always_inline int is_kernel_worker(const char comm[TENDRIL_COMM_LENGTH])
{
	return *(const __u64 *)comm == 0x2f72656b726f776bULL; /* "kworker/" */
}

/* Runs in the context of the process that connects, before the SYN is sent: the only place that knows it for certain. */
static __noinline int on_connect(struct bpf_sock_ops *ctx)
{
	int by_connect = config.process_source == TENDRIL_PROCESS_BY_CONNECT;
	__u64 pid_tgid = callback_pid_tgid();
	__u64 cookie = bpf_get_socket_cookie(ctx);
	__u64 attempt_key = by_connect ? cookie : pid_tgid;
	struct dependency_key key = {};
	struct connect_attempt *attempt;
	char comm[TENDRIL_COMM_LENGTH] __attribute__((aligned(8))) = {};
	struct flow *flow;

	if (is_self(current_pid(pid_tgid)))
		return 0;
	attempt = bpf_map_lookup_elem(&pid_map, &attempt_key);
	if (attempt && attempt->cookie != cookie &&
	    !(attempt->multipath && attempt->pending && attempt->port == remote_port(ctx)))
		attempt = NULL;
	/* The kernel itself opens more subflows of an MPTCP connection, for no process that could be told. */
	if (!attempt) {
		if (by_connect)
			return 0;
		callback_comm(comm);
		if (is_kernel_worker(comm))
			return 0;
	}
	/* Its SYN is sent, also where the connection is not followed: it must not pass for one that failed before. */
	if (attempt)
		attempt->pending = 0;
	flow = claim_flow(cookie);
	if (!flow) {
		count_loss(TENDRIL_LOSS_FLOW_FULL);
		return 0;
	}
	key.netns_cookie = callback_namespace(ctx);
	read_remote_address(ctx, key.server_address);
	key.pid = by_connect && attempt ? attempt->pid : current_pid(pid_tgid);
	key.start = by_connect && attempt ? attempt->start : callback_start();
	key.server_port = remote_port(ctx);
	key.role = TENDRIL_ROLE_CLIENT;
	key.transport = IPPROTO_TCP;
	begin_flow(flow, &key);
	read_local_address(ctx, flow->client_address);
	flow->client_port = ctx->local_port;
	if (attempt &&
	    (attempt->port != key.server_port || !same_address(attempt->address, key.server_address))) {
		copy_address(flow->dialled_address, attempt->address);
		flow->dialled_port = attempt->port;
	}
	if (!bpf_map_lookup_elem(&dependency_map, &key)) {
		if (by_connect && attempt)
			__builtin_memcpy(comm, attempt->comm, sizeof(comm));
		else
			callback_comm(comm);
		admit_dependency(&key, comm,
				 by_connect && attempt ? attempt->cgroup_id : callback_cgroup_id());
		flow->key = key;
	}
	if (by_connect)
		bpf_map_delete_elem(&pid_map, &attempt_key);
	follow_states(ctx);
	return 0;
}

/* Counts an established connection. */
static __always_inline void count_opened(struct bpf_sock_ops *ctx, struct flow *flow,
					 struct dependency_counters *counters)
{
	struct flow_event *event;
	__u32 rtt_us = smoothed_rtt_us(ctx);
	__u32 send_sequence = ctx->snd_nxt, receive_sequence = ctx->rcv_nxt;
	int first = counters->opened == 0;

	add(&counters->opened, 1);
	count_rtt(counters, rtt_us);
	event = reserve_event(ctx, &flow->key, counters, TENDRIL_FLOW_OPENED, first,
			      is_chosen_by_both_ends(send_sequence, receive_sequence));
	/* To a few milliseconds, unless there is an event to be exact for. */
	flow->since_ns = event ? event->time_ns : coarse_now();
	counters->last_attempt_ns = flow->since_ns;
	if (!event)
		return;
	event->rtt_us = rtt_us;
	event->send_sequence = send_sequence;
	event->receive_sequence = receive_sequence;
	event->dialled_port = flow->dialled_port;
	copy_address(event->dialled_address, flow->dialled_address);
	bpf_ringbuf_submit(event, wake_for(first));
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
	struct former_owner *sharer = NULL;
	char comm[TENDRIL_COMM_LENGTH] = {};
	__u64 cgroup_id = 0;
	struct flow *flow;

	key.netns_cookie = callback_namespace(ctx);
	read_local_address(ctx, key.server_address);
	read_remote_address(ctx, key.peer_address);
	key.server_port = ctx->local_port;
	key.role = TENDRIL_ROLE_SERVER;
	key.transport = IPPROTO_TCP;
	owner = find_owner(key.netns_cookie, key.server_address, key.server_port);
	if (owner) {
		sharer = find_sharer(ctx, owner);
		key.pid = sharer ? sharer->pid : owner->pid;
		key.start = sharer ? sharer->start : owner->start;
		if (is_self(key.pid))
			return 0;
	}
	counters = bpf_map_lookup_elem(&dependency_map, &key);
	if (!counters) {
		if (owner) {
			__builtin_memcpy(comm, sharer ? sharer->comm : owner->comm, sizeof(comm));
			cgroup_id = sharer ? sharer->cgroup_id : owner->cgroup_id;
		}
		admit_dependency(&key, comm, cgroup_id);
		counters = bpf_map_lookup_elem(&dependency_map, &key);
	}
	if (!counters) {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		return 0;
	}
	flow = claim_flow(cookie);
	if (!flow) {
		add(&counters->opened, 1);
		counters->last_attempt_ns = coarse_now();
		count_loss(TENDRIL_LOSS_FLOW_FULL);
		return 0;
	}
	begin_flow(flow, &key);
	read_remote_address(ctx, flow->client_address);
	flow->client_port = remote_port(ctx);
	count_opened(ctx, flow, counters);
	follow_states(ctx);
	return 0;
}

/*
 * Why the connect failed: the error that the kernel is about to give to the program. Read from the kernel's own socket, at an offset that
 * the agent took from its BTF; no relocation, so that the object loads without BTF as well.
 */
static __always_inline __u32 failure_of(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *socket;
	void *tcp;
	int error;

	if (!config.error_offset)
		return TENDRIL_FAILURE_NOT_TOLD;
	socket = ctx->sk;
	if (!socket)
		return TENDRIL_FAILURE_NOT_TOLD;
	tcp = bpf_skc_to_tcp_sock(socket);
	if (!tcp)
		return TENDRIL_FAILURE_NOT_TOLD;
	error = *(int *)(tcp + config.error_offset);
	/* The network said why while the socket was in use: the client gave up with that known. */
	if (!error)
		error = *(int *)(tcp + config.soft_error_offset);
	switch (error) {
	case 0:
		return TENDRIL_FAILURE_ABANDONED;
	case ECONNREFUSED:
		return TENDRIL_FAILURE_REFUSED;
	case ETIMEDOUT:
		return TENDRIL_FAILURE_TIMED_OUT;
	case EHOSTUNREACH:
	case ENETUNREACH:
		return TENDRIL_FAILURE_UNREACHABLE;
	default:
		return TENDRIL_FAILURE_OTHER;
	}
}

static __noinline int on_connect_failed(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct flow *flow = find_flow(cookie);
	struct dependency_counters *counters;
	struct flow_event *event;
	__u32 failure = failure_of(ctx);
	int first;

	if (!flow) {
		count_loss(TENDRIL_LOSS_UNATTRIBUTED);
		return 0;
	}
	counters = bpf_map_lookup_elem(&dependency_map, &flow->key);
	if (counters) {
		first = counters->failed == 0;
		count_failed(counters, failure, flow->since_ns);
		add(&counters->retransmits, ctx->total_retrans);
		event = reserve_event(ctx, &flow->key, counters, TENDRIL_FLOW_FAILED, first, 0);
		if (event) {
			event->failure = failure;
			event->duration_ns = event->time_ns - flow->since_ns;
			event->retransmits = ctx->total_retrans;
			event->dialled_port = flow->dialled_port;
			copy_address(event->dialled_address, flow->dialled_address);
			bpf_ringbuf_submit(event, wake_for(first));
		}
	} else {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
	}
	release_flow(cookie);
	return 0;
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
	add(&counters->bytes_sent, take_rest(&flow->bytes_sent, sent));
	add(&counters->bytes_received, take_rest(&flow->bytes_received, received));
	add(&counters->retransmits, take_rest(&flow->retransmits, retransmits));
	add(&counters->closed, 1);
	event = reserve_event(ctx, &flow->key, counters, TENDRIL_FLOW_CLOSED, 0, 0);
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
