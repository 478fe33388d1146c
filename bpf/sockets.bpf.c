// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sockets that are there already: the iterators find what existed before the agent (listening
 * sockets, established connections and whose they are) and bring the bytes of long-lived
 * connections up to date. An object of its own, because it reads kernel structs and so needs BTF
 * (CO-RE); without it the agent sees only connections made after its start.
 *
 * The agent runs it after the hooks are attached, in this order: `find_socket_owners` (all
 * processes' files), then `visit_sockets` in each network namespace, first in mode LISTENERS, then
 * in mode FLOWS, so that an accepted connection is told from one that was dialled by who listens
 * there, never by which port is smaller. Kernels from 6.1.
 */
#include "datagrams.h"
#include "flows.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define SOL_TCP		     6
#define TCP_SOCK_OPS_FLAGS   1008 /* TCP_BPF_SOCK_OPS_CB_FLAGS: setsockopt by BPF only, since 6.9 */
#define AF_UNIX		     1
#define AF_INET		     2
#define AF_INET6	     10
#define NANOSECONDS_PER_TICK 10000000
#define BOUND_TO_PORT	     8 /* SOCK_BINDPORT_LOCK of sk_userlocks: bind() with a port */

enum visit_mode {
	VISIT_LISTENERS = 0,
	VISIT_FLOWS = 1, /* adopts unknown connections, updates the bytes of known ones */
	VISIT_BYTES = 2, /* only the latter */
};

struct visit {
	__u64 attached_ns; /* when the hooks were attached: listening sockets newer than that have
			      reported themselves */
	__u32 mode;	   /* enum visit_mode */
	__u32 scoped;	   /* 1: only processes in the cgroups of scope_map */
	__u32 adopted;	   /* connections found that were not known */
	__u32 unowned;	   /* connections found whose process could not be told */
	__u32 unfollowed;  /* left alone, as this kernel cannot report their end */
	__u32 visited;
};

/* Written by the agent before each run, read after it; one run at a time. */
struct visit visit = {};

/* The few kernel fields that are read; CO-RE finds where they really are. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct ns_common {
	__u32 inum;
};
struct net {
	__u64 net_cookie;
	struct ns_common ns;
};
typedef struct {
	struct net *net;
} possible_net_t;
struct in6_addr___kernel {
	union {
		__u32 u6_addr32[4];
	} in6_u;
};
struct sock_common {
	union {
		struct {
			__u32 skc_daddr;
			__u32 skc_rcv_saddr;
		};
	};
	union {
		struct {
			__u16 skc_dport; /* network order */
			__u16 skc_num;	 /* host order */
		};
	};
	__u16 skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr___kernel skc_v6_daddr;
	struct in6_addr___kernel skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
	__u8 sk_userlocks : 4; /* of a byte of its own on newer kernels */
};
struct tcp_sock {
	__u64 bytes_received;
	__u64 bytes_acked;
	__u32 total_retrans;
	__u32 srtt_us;
};
struct socket {
	struct sock *sk;
};
struct file {
	void *private_data;
};
struct super_block {
	__u32 s_dev;
};
struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};
struct dentry {
	struct inode *d_inode;
};
struct path {
	struct dentry *dentry;
};
struct sockaddr_un {
	char sun_path[TENDRIL_PATH_LENGTH];
};
struct unix_address {
	int len;
	struct sockaddr_un name[0];
};
struct unix_sock {
	struct unix_address *addr;
	struct path path;
};
struct kernfs_node {
	__u64 id;
};
struct cgroup {
	struct kernfs_node *kn;
};
struct css_set {
	struct cgroup *dfl_cgrp;
};
struct task_struct {
	int pid;
	int tgid;
	__u64 start_boottime;
	char comm[TENDRIL_COMM_LENGTH];
	struct css_set *cgroups;
};
struct seq_file {
	int count;
};
struct bpf_iter_meta {
	struct seq_file *seq;
};
struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
};
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};
#pragma clang attribute pop

struct socket_owner {
	__u64 cgroup_id;
	__u32 pid;
	__u32 start;
	char comm[TENDRIL_COMM_LENGTH]; /* aligned to 8 */
};

/*
 * owner_map: socket cookie -> a process that holds it, for the length of one snapshot.
 * Inserts: find_socket_owners. Reads: visit_sockets. Deletes: the agent, after the snapshot. When
 * full: the sockets left out are found by the next snapshot. 65,536 x 32 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct socket_owner);
} owner_map SEC(".maps");

/*
 * scope_map: ids of the cgroups that are watched, when that is not the whole host. Inserts and
 * deletes: the agent, before each snapshot. Reads: find_socket_owners. When full: processes in the
 * cgroups left out are not found by the snapshot.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} scope_map SEC(".maps");

/* As the core has it. */
static __always_inline __u64 namespace_of(struct net *net)
{
	if (config.namespace_source == TENDRIL_NAMESPACE_BY_COOKIE)
		return net->net_cookie;
	return config.namespace_source == TENDRIL_NAMESPACE_BY_NUMBER ? net->ns.inum : 0;
}

static __always_inline int is_followed(struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;

	if (family == AF_UNIX)
		return sk->__sk_common.skc_state == BPF_TCP_LISTEN;
	return (family == AF_INET || family == AF_INET6) &&
	       (sk->sk_protocol == IPPROTO_TCP || sk->sk_protocol == IPPROTO_UDP);
}

/* A UDP socket from before the hooks were attached: from now on its datagrams are its process's. */
static __always_inline void adopt_datagram_socket(struct sock *sk, const struct socket_owner *owner)
{
	struct datagram_socket *known;

	if (config.self_pid && config.self_pid == owner->pid)
		return;
	known = bpf_sk_storage_get(&datagram_socket_map, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!known)
		return;
	/* Also one that was used since the hooks were attached, which then know its process, but not that it is bound. */
	if (!known->bound && (BPF_CORE_READ_BITFIELD(sk, sk_userlocks) & BOUND_TO_PORT)) {
		known->adopted_ns = bpf_ktime_get_ns();
		known->bound = 1;
	}
	if (known->pid)
		return;
	known->netns_cookie = namespace_of(sk->__sk_common.skc_net.net);
	known->cgroup_id = owner->cgroup_id;
	known->start = owner->start;
	__builtin_memcpy(known->comm, owner->comm, sizeof(known->comm));
	known->pid = owner->pid;
}

/*
 * unix_listener_map: socket cookie -> who listens on a Unix socket, for the length of one look.
 * Inserts: find_socket_owners. Reads and deletes: the agent, after it. When full: those left out are told of by the next look. 4,096 x 168 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct unix_listener);
} unix_listener_map SEC(".maps");

static __always_inline void read_addresses(struct sock_common *common, __u8 local[16], __u8 remote[16])
{
	__u32 *to_local = (__u32 *)local, *to_remote = (__u32 *)remote;

	if (common->skc_family == AF_INET) {
		map_ipv4(local, common->skc_rcv_saddr);
		map_ipv4(remote, common->skc_daddr);
		return;
	}
#pragma unroll
	for (int i = 0; i < 4; i++) {
		to_local[i] = common->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
		to_remote[i] = common->skc_v6_daddr.in6_u.u6_addr32[i];
	}
}

#define LISTENER_HOLDERS 4

/* Who has a listening socket and who has accepted from it, found in one look. */
struct listener_holders {
	struct socket_owner holders[LISTENER_HOLDERS]; /* others than the one that is known to listen */
	struct socket_owner accepter;		       /* one of the others that has an accepted connection */
	__u32 count;
	__u8 is_held;	   /* by the one that is known to listen */
	__u8 has_accepted; /* that one has an accepted connection */
	__u16 pad;
};

/*
 * listener_map: cookie of a listening socket in service_map -> who holds it, for the length of one look.
 * Inserts: find_socket_owners. Reads and deletes: the agent, after it. When full: those left out are looked at the next time. 8,192 x 184 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct listener_holders);
} listener_map SEC(".maps");

const volatile struct listener_holders no_holders SEC(".rodata.holders") = {};

/* systemd holds the sockets that it starts services for; they belong to the service. */
static __always_inline int is_init(__u32 pid, const char comm[TENDRIL_COMM_LENGTH])
{
	return pid == 1 || *(const __u64 *)comm == 0x00646d6574737973ULL; /* "systemd" */
}

static __noinline int adopt_unix_listener(struct sock *sk, const struct socket_owner *owner)
{
	struct unix_listener listener = {};
	struct unix_listener *known;
	struct unix_sock *socket;
	struct unix_address *address;
	struct dentry *file;
	__u64 cookie;
	int length;

	if (!sk || !owner || !config.can_copy_kernel_memory)
		return 0;
	socket = bpf_skc_to_unix_sock(sk);
	if (!socket)
		return 0;
	address = socket->addr;
	if (!address)
		return 0;
	length = address->len - 2;
	if (length <= 0 || length > TENDRIL_PATH_LENGTH)
		return 0;
	if (bpf_probe_read_kernel(listener.name.path, length, address->name[0].sun_path))
		return 0;
	listener.name.length = length;
	listener.netns_cookie = namespace_of(sk->__sk_common.skc_net.net);
	file = socket->path.dentry;
	if (file) {
		listener.inode = file->d_inode->i_ino;
		listener.device = file->d_inode->i_sb->s_dev;
	}
	listener.cgroup_id = owner->cgroup_id;
	listener.pid = owner->pid;
	listener.start = owner->start;
	__builtin_memcpy(listener.comm, owner->comm, sizeof(listener.comm));
	cookie = bpf_get_socket_cookie(sk);
	known = bpf_map_lookup_elem(&unix_listener_map, &cookie);
	if (!known || is_init(known->pid, known->comm))
		bpf_map_update_elem(&unix_listener_map, &cookie, &listener, BPF_ANY);
	return 0;
}

static __noinline int note_holder(struct sock *sk, const struct socket_owner *owner)
{
	struct sock_common *common;
	struct listener_holders *holders;
	struct service_owner *service;
	__u8 local[16] __attribute__((aligned(8)));
	__u8 remote[16] __attribute__((aligned(8)));
	__u64 cookie;
	__u32 at;
	int listens;

	if (!sk || !owner)
		return 0;
	common = &sk->__sk_common;
	listens = common->skc_state == BPF_TCP_LISTEN;
	if (!listens && common->skc_state != BPF_TCP_ESTABLISHED)
		return 0;
	read_addresses(common, local, remote);
	service = find_owner(namespace_of(common->skc_net.net), local, common->skc_num);
	if (!service)
		return 0;
	cookie = service->cookie;
	if (listens && cookie != bpf_get_socket_cookie(sk))
		return 0;
	holders = bpf_map_lookup_elem(&listener_map, &cookie);
	if (!holders) {
		bpf_map_update_elem(&listener_map, &cookie, (const void *)&no_holders, BPF_NOEXIST);
		holders = bpf_map_lookup_elem(&listener_map, &cookie);
		if (!holders)
			return 0;
	}
	if (owner->pid == service->pid) {
		if (listens)
			holders->is_held = 1;
		else
			holders->has_accepted = 1;
		return 0;
	}
	if (!listens) {
		holders->accepter = *owner;
		return 0;
	}
	at = holders->count;
	if (at < LISTENER_HOLDERS) {
		holders->holders[at] = *owner;
		holders->count = at + 1;
	}
	return 0;
}

SEC("iter/task_file")
int find_socket_owners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket_owner owner __attribute__((aligned(8))) = {};
	struct socket_owner *known;
	struct socket *socket;
	struct sock *sk;
	__u64 cookie;

	/* Threads share their process's files: the leader is enough. */
	if (!task || !file || task->pid != task->tgid)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || !is_followed(sk))
		return 0;
	owner.cgroup_id = task->cgroups->dfl_cgrp->kn->id;
	if (visit.scoped && !bpf_map_lookup_elem(&scope_map, &owner.cgroup_id))
		return 0;
	owner.pid = task->tgid;
	/* The core knows it only where it knows the offset; both must say the same. */
	owner.start = config.leader_offset ? task->start_boottime / NANOSECONDS_PER_TICK : 0;
#pragma unroll
	for (int i = 0; i < TENDRIL_COMM_LENGTH; i++)
		owner.comm[i] = task->comm[i];
	if (sk->__sk_common.skc_family == AF_UNIX)
		return adopt_unix_listener(sk, &owner);
	if (sk->sk_protocol == IPPROTO_UDP) {
		adopt_datagram_socket(sk, &owner);
		return 0;
	}
	note_holder(sk, &owner);
	cookie = bpf_get_socket_cookie(sk);
	/* The first holder stays: a parent comes before the children it passed the socket to. */
	known = bpf_map_lookup_elem(&owner_map, &cookie);
	if (!known || is_init(known->pid, known->comm))
		bpf_map_update_elem(&owner_map, &cookie, &owner, BPF_ANY);
	return 0;
}

/* Whether a socket's states are reported to sockops from now on. Not 0: this kernel cannot. */
static __always_inline long report_states(struct tcp_sock *tcp, int on)
{
	int flags = on ? BPF_SOCK_OPS_STATE_CB_FLAG : 0;

	return bpf_setsockopt(tcp, SOL_TCP, TCP_SOCK_OPS_FLAGS, &flags, sizeof(flags));
}

static __noinline void adopt_listener(struct sock_common *common, struct tcp_sock *tcp, __u64 cookie)
{
	struct service_key key = {};
	struct service_owner found = {};
	struct service_owner *known;
	struct socket_owner *owner;
	__u8 remote[16] __attribute__((aligned(8)));

	owner = bpf_map_lookup_elem(&owner_map, &cookie);
	if (!owner) {
		visit.unowned++;
		return;
	}
	key.netns_cookie = namespace_of(common->skc_net.net);
	read_addresses(common, key.address, remote);
	key.port = common->skc_num;
	key.transport = IPPROTO_TCP;
	known = bpf_map_lookup_elem(&service_map, &key);
	if (known && known->since_ns >= visit.attached_ns)
		return;
	found.cookie = cookie;
	found.since_ns = 0; /* older than the agent: not known */
	found.sockets = 1;
	found.pid = owner->pid;
	found.start = owner->start;
	found.cgroup_id = owner->cgroup_id;
	__builtin_memcpy(found.comm, owner->comm, sizeof(found.comm));
	if (known)
		found.sockets += known->sockets;
	if (report_states(tcp, 1)) {
		visit.unfollowed++;
		return;
	}
	if (bpf_map_update_elem(&service_map, &key, &found, BPF_ANY))
		count_loss(TENDRIL_LOSS_SERVICE_FULL);
}

/* Bytes as the close callback counts them: neither an active open's SYN nor a FIN is one of them. */
static __always_inline __u64 sent_so_far(struct tcp_sock *tcp, __u8 role, __u8 state)
{
	__u64 acked = tcp->bytes_acked;
	__u64 control = (role == TENDRIL_ROLE_CLIENT) + (state == BPF_TCP_FIN_WAIT2);

	return acked > control ? acked - control : 0;
}

static __always_inline __u64 received_so_far(struct tcp_sock *tcp, __u8 state)
{
	__u64 received = tcp->bytes_received;
	int fin = state == BPF_TCP_CLOSE_WAIT || state == BPF_TCP_LAST_ACK || state == BPF_TCP_CLOSING;

	return received && fin ? received - 1 : received;
}

static __always_inline void update_flow(struct tcp_sock *tcp, struct flow *flow, __u8 state)
{
	count_so_far(flow, sent_so_far(tcp, flow->key.role, state), received_so_far(tcp, state),
		     tcp->total_retrans);
}

static __noinline void adopt_flow(struct sock_common *common, struct tcp_sock *tcp, __u64 cookie)
{
	struct flow flow = {};
	struct dependency_key *key = &flow.key;
	struct dependency_counters *counters;
	struct service_owner *service;
	struct socket_owner *owner;
	__u8 local[16] __attribute__((aligned(8)));
	__u8 remote[16] __attribute__((aligned(8)));
	char comm[TENDRIL_COMM_LENGTH] = {};
	__u64 cgroup_id = 0;

	owner = bpf_map_lookup_elem(&owner_map, &cookie);
	read_addresses(common, local, remote);
	key->netns_cookie = namespace_of(common->skc_net.net);
	key->transport = IPPROTO_TCP;
	service = find_owner(key->netns_cookie, local, common->skc_num);
	if (visit.scoped && !owner)
		return;
	if (service) {
		key->role = TENDRIL_ROLE_SERVER;
		key->pid = service->pid;
		key->start = service->start;
		copy_address(key->server_address, local);
		copy_address(key->peer_address, remote);
		copy_address(flow.client_address, remote);
		key->server_port = common->skc_num;
		flow.client_port = bpf_ntohs(common->skc_dport);
		cgroup_id = service->cgroup_id;
		__builtin_memcpy(comm, service->comm, sizeof(comm));
	} else if (owner) {
		key->role = TENDRIL_ROLE_CLIENT;
		key->pid = owner->pid;
		key->start = owner->start;
		copy_address(key->server_address, remote);
		copy_address(flow.client_address, local);
		key->server_port = bpf_ntohs(common->skc_dport);
		flow.client_port = common->skc_num;
		cgroup_id = owner->cgroup_id;
		__builtin_memcpy(comm, owner->comm, sizeof(comm));
	} else {
		visit.unowned++;
		return;
	}
	if (config.self_pid && key->pid == config.self_pid)
		return;
	/* Before anything is counted: where its end will not be reported, the agent follows it from outside. */
	if (report_states(tcp, 1)) {
		visit.unfollowed++;
		return;
	}
	counters = bpf_map_lookup_elem(&dependency_map, key);
	if (!counters) {
		admit_dependency(key, comm, cgroup_id);
		counters = bpf_map_lookup_elem(&dependency_map, key);
	}
	if (!counters) {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		report_states(tcp, 0);
		return;
	}
	/* Counted from now on: what it carried before the agent was there is not known to be this
	 * period's. */
	flow.cookie = cookie;
	flow.since_ns = bpf_ktime_get_ns();
	flow.bytes_sent = sent_so_far(tcp, key->role, common->skc_state);
	flow.bytes_received = received_so_far(tcp, common->skc_state);
	flow.retransmits = tcp->total_retrans;
	if (bpf_map_update_elem(&flow_map, &cookie, &flow, BPF_NOEXIST)) {
		count_loss(TENDRIL_LOSS_FLOW_FULL);
		report_states(tcp, 0);
		return;
	}
	add(&counters->opened, 1);
	add(&counters->adopted, 1);
	count_rtt(counters, tcp->srtt_us >> 3);
	visit.adopted++;
}

SEC("iter/tcp")
int visit_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tcp;
	struct flow *flow;
	__u64 cookie;
	__u8 state;

	if (!common)
		return 0;
	tcp = bpf_skc_to_tcp_sock(common);
	if (!tcp)
		return 0;
	state = common->skc_state;
	cookie = bpf_get_socket_cookie(common);
	visit.visited++;
	if (state == BPF_TCP_LISTEN) {
		if (visit.mode == VISIT_LISTENERS)
			adopt_listener(common, tcp, cookie);
		return 0;
	}
	if (visit.mode == VISIT_LISTENERS)
		return 0;
	flow = find_flow(cookie);
	if (flow)
		update_flow(tcp, flow, state);
	else if (visit.mode == VISIT_FLOWS && (state == BPF_TCP_ESTABLISHED || state == BPF_TCP_CLOSE_WAIT))
		adopt_flow(common, tcp, cookie);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
