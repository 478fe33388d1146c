/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The contract between the kernel side and the agent: every struct and enum that crosses, in plain
 * C.
 *
 * The C# side is src/Tendril.Agent/Capture/KernelTypes.cs. They are held together by four nets: the
 * static asserts below, a test that compares every field of every struct with the built object's
 * BTF, the same for enum values, and TENDRIL_ABI, which the agent compares with the object's before
 * it loads it. Raise TENDRIL_ABI with every change.
 *
 * Conventions: fixed-width fields, widest first, explicit padding. Addresses are 16 bytes in
 * network order, IPv4 mapped
 * (::ffff:a.b.c.d). Ports are in host byte order. Times are CLOCK_MONOTONIC nanoseconds
 * (bpf_ktime_get_ns). pid is the thread group id, as user space has it. start is when a process began, in 1/100 s since the boot, as
 * /proc/PID/stat has it; 0 where the kernel has no BTF. A netns_cookie is the kernel's cookie of a network namespace, or what stands for it
 * on kernels that do not tell it (enum tendril_namespace_source).
 */
#ifndef TENDRIL_H
#define TENDRIL_H

#include <linux/types.h>

#define TENDRIL_ABI	       7
#define TENDRIL_COMM_LENGTH    16
#define TENDRIL_RTT_BUCKETS    20
#define TENDRIL_PATH_LENGTH    108  /* of a Unix socket, as the kernel has it */
#define TENDRIL_TRANSPORT_UNIX 1    /* beside IANA's numbers, which begin above it for what is seen */
#define TENDRIL_PAYLOAD_LENGTH 2048 /* a power of two */

enum tendril_role {
	TENDRIL_ROLE_NONE = 0,
	TENDRIL_ROLE_CLIENT = 1,
	TENDRIL_ROLE_SERVER = 2,
};

enum tendril_flow_kind {
	TENDRIL_FLOW_NONE = 0,
	TENDRIL_FLOW_OPENED = 1,
	TENDRIL_FLOW_CLOSED = 2,
	TENDRIL_FLOW_FAILED = 3,
	TENDRIL_FLOW_LISTENING = 4, /* of no connection: a process began to listen on the local address */
};

/* Why a connect never became a connection. */
enum tendril_failure {
	TENDRIL_FAILURE_NOT_TOLD = 0, /* this kernel has no BTF */
	TENDRIL_FAILURE_REFUSED = 1,
	TENDRIL_FAILURE_TIMED_OUT = 2,
	TENDRIL_FAILURE_UNREACHABLE = 3,
	TENDRIL_FAILURE_ABANDONED = 4, /* the client closed the socket before there was an answer */
	TENDRIL_FAILURE_OTHER = 5,
};

/* What a record of name_ring holds. */
enum tendril_name {
	TENDRIL_NAME_NONE = 0,
	TENDRIL_NAME_DNS = 1,
	TENDRIL_NAME_TLS = 2,
};

/* What could not be counted or told, by reason: index into loss_map. */
enum tendril_loss {
	TENDRIL_LOSS_NONE = 0,
	TENDRIL_LOSS_RING_FULL = 1,	   /* a flow event found no room in the ring */
	TENDRIL_LOSS_EVENT_SUPPRESSED = 2, /* a flow event beyond the budget: by design */
	TENDRIL_LOSS_DEPENDENCY_FULL = 3,  /* dependency_map full: a connection is in no counter */
	TENDRIL_LOSS_FLOW_FULL = 4,    /* no place left: dialled, not counted; accepted, no end and bytes */
	TENDRIL_LOSS_SERVICE_FULL = 5, /* service_map full: a listener is not known */
	TENDRIL_LOSS_PID_FULL = 6,     /* pid_map full: a dialled address is not known */
	TENDRIL_LOSS_UNATTRIBUTED = 7, /* a followed socket has no process or flow */
	TENDRIL_LOSS_NAME_DROPPED = 8, /* a DNS answer or TLS hello found no room in its ring */
	TENDRIL_LOSS_COUNT = 9,
};

/* How a socket callback knows whose system call it runs in. */
enum tendril_process_source {
	TENDRIL_PROCESS_BY_HELPERS = 0, /* the kernel's helpers; most kernels lack some of them there */
	TENDRIL_PROCESS_BY_TASK = 1,	/* the kernel's own task, at offsets from its BTF */
	TENDRIL_PROCESS_BY_CONNECT = 2, /* the connect hook noted it; the agent finds who listens */
};

/* How network namespaces are told apart. */
enum tendril_namespace_source {
	TENDRIL_NAMESPACE_BY_COOKIE = 0, /* never used again; in socket callbacks since 5.15 */
	TENDRIL_NAMESPACE_BY_NUMBER = 1, /* of the namespace's file, at offsets from BTF */
	TENDRIL_NAMESPACE_NOT_TOLD = 2,	 /* not at all: 0 */
};

/* Key of dependency_map: who depends on which endpoint, from which side it was seen. */
struct dependency_key {
	__u64 netns_cookie;
	__u8 server_address[16]; /* client: where the connection went; server: the local address */
	__u8 peer_address[16];	 /* server: the client's address; client: zero */
	__u32 pid;		 /* client: who connected; server: who listens, 0 if unknown */
	__u32 start;		 /* when that process began, as `start` everywhere; a pid may be used again */
	__u16 server_port;
	__u8 role;	/* enum tendril_role */
	__u8 transport; /* IPPROTO_TCP, IPPROTO_UDP, TENDRIL_TRANSPORT_UNIX */
	__u32 pad;
};

/* Value of dependency_map. Only grows. `comm` and `cgroup_id` are the process's at its first
 * connection: they name it when it is gone before anybody looked. */
struct dependency_counters {
	__u64 opened;  /* established connections, those found open at the start included */
	__u64 failed;  /* connects that never were established */
	__u64 closed;  /* established connections that ended */
	__u64 adopted; /* those of `opened` that were open before the agent began */
	__u64 refused; /* these four are parts of `failed` */
	__u64 timed_out;
	__u64 unreachable;
	__u64 abandoned;
	__u64 datagrams_sent; /* UDP: `bytes_*` are then their payload */
	__u64 datagrams_received;
	__u64 bytes_sent;
	__u64 bytes_received;
	__u64 retransmits;
	__u64 rtt_count;
	__u64 rtt_sum_us;
	__u64 rtt_buckets[TENDRIL_RTT_BUCKETS]; /* bucket i: [2^i, 2^(i+1)) us, the last is
						   open-ended */
	/* TCP: when the newest of `opened` and `failed` began, to a tick of the kernel's clock (10 ms at most); 0: not known, as of
	 * those that are older than the agent. */
	__u64 last_attempt_ns;
	__u64 cgroup_id;
	__u32 last_failure; /* enum tendril_failure */
	__u32 pad;
	char comm[TENDRIL_COMM_LENGTH];
};

/* Key of process_map: the same process calls and is called, and neither may take the other's places. */
struct process_key {
	__u32 pid;
	__u32 start;
	__u32 role; /* enum tendril_role */
};

/* Key of service_map: a listening endpoint. All-zero address: any; ::ffff:0.0.0.0: any IPv4. */
struct service_key {
	__u64 netns_cookie;
	__u8 address[16];
	__u16 port;
	__u8 transport;
	__u8 pad0;
	__u32 pad1;
};

/* A process that listens beside another one. */
struct former_owner {
	__u64 cgroup_id;
	__u32 pid;
	__u32 start;
	char comm[TENDRIL_COMM_LENGTH];
};

/* Value of service_map: who listens there. */
struct service_owner {
	__u64 cookie; /* of the newest listening socket */
	__u64 cgroup_id;
	__u64 since_ns;
	__u32 pid;
	__u32 sockets; /* listening sockets open on this endpoint: SO_REUSEPORT */
	__u32 start;
	__u32 pad;
	char comm[TENDRIL_COMM_LENGTH];
	struct former_owner
	    former; /* who listened there before and still does: another program with SO_REUSEPORT; pid 0: nobody */
};

/* Value of pid_map, by thread (pid_tgid): the connect() it is in, or was in last. Where socket callbacks do not know the thread
 * (TENDRIL_PROCESS_BY_CONNECT): by the socket's cookie, until its SYN is sent. */
struct connect_attempt {
	__u64 cookie;
	__u64 netns_cookie;
	__u64 time_ns;
	__u64 cgroup_id;
	__u8 address[16]; /* what the program asked for, before any other cgroup program rewrote it
			   */
	__u16 port;
	__u8 pending;	/* 1 until the SYN is about to be sent: a connect that stays pending failed
			 before it */
	__u8 multipath; /* MPTCP: the SYN is sent by another socket, the connection's first subflow */
	__u32 start;
	__u32 pid;
	__u32 pad;
	char comm[TENDRIL_COMM_LENGTH]; /* this and cgroup_id as of the thread's first connect */
};

/*
 * Value of cookie_map and flow_map, by socket cookie: a connection from its SYN (dialled) or its acceptance to its close. What is
 * counted here is in the dependency's counters already.
 */
struct flow {
	__u64 cookie; /* of the socket; in cookie_map 0 when the slot is free */
	struct dependency_key key;
	__u64 since_ns; /* of the SYN until it is established, then of that */
	__u64 bytes_sent;
	__u64 bytes_received;
	__u8 dialled_address
	    [16]; /* what the program asked for, if that differs from the server address; else zero */
	__u8 client_address[16]; /* with the key's, what the socket is found by */
	__u32 retransmits;
	__u32 received_at_fin; /* low half of TCP's bytes_received when our FIN was acknowledged */
	__u16 dialled_port;
	__u16 client_port;
	__u32 pad;
};

/* One record of the ring. */
struct flow_event {
	__u64 time_ns;
	__u64 cookie;
	__u64 netns_cookie;
	__u64 cgroup_id;
	__u64 bytes_sent;
	__u64 bytes_received;
	__u64 duration_ns; /* since the SYN (failed) or since established (closed) */
	__u8 local_address[16];
	__u8 remote_address[16];
	__u8 dialled_address[16]; /* client, opened: what the program asked for if that differs;
				     else zero */
	__u32 pid;
	__u32 rtt_us;
	__u32 start;
	__u32 retransmits;
	__u32 send_sequence;	/* opened: snd_nxt; equals the other end's receive_sequence */
	__u32 receive_sequence; /* opened: rcv_nxt */
	char comm[TENDRIL_COMM_LENGTH];
	__u16 local_port;
	__u16 remote_port;
	__u16 dialled_port;
	__u8 kind; /* enum tendril_flow_kind */
	__u8 role; /* enum tendril_role */
	__u8 transport;
	__u8 failure; /* failed: enum tendril_failure */
	__u8 pad[6];
};

/* One record of name_ring; only `length` bytes of `data` are in it. */
struct name_payload {
	__u64 time_ns;
	__u64 netns_cookie;
	__u8 server_address[16]; /* TLS: where the hello went */
	__u32 pid;		 /* who asked, or connected; 0: not known */
	__u32 length;
	__u16 server_port;
	__u8 kind; /* enum tendril_name */
	__u8 pad[5];
	__u8 data[TENDRIL_PAYLOAD_LENGTH]; /* from the start of the DNS message, or of the TLS record */
};

/* A Unix socket's path, or its abstract name, which begins with NUL; and what stands for it in a key. */
struct unix_path {
	char path[TENDRIL_PATH_LENGTH];
	__u32 length;
};

struct unix_digest {
	__u64 first;
	__u64 second;
};

/* Value of unix_listener_map: who listens on a Unix socket, and which file that is. */
struct unix_listener {
	__u64 netns_cookie;
	__u64 inode; /* of the socket's file; 0 for an abstract name */
	__u64 cgroup_id;
	__u32 device;
	__u32 pid;
	__u32 start;
	__u32 pad;
	struct unix_path name;
	char comm[TENDRIL_COMM_LENGTH];
};

/* Key and value of wire_map (XDP): a TCP 4-tuple as it was seen on the wire, one direction. */
struct wire_key {
	__u8 source_address[16];
	__u8 destination_address[16];
	__u16 source_port;
	__u16 destination_port;
	__u32 interface_index;
};

struct wire_counters {
	__u64 packets;
	__u64 bytes; /* of the frame, as the program sees it */
};

/* Set by the agent before load, constant afterwards. */
struct tendril_config {
	__u32 abi;	  /* TENDRIL_ABI, set by the object: the agent refuses another */
	__u32 self_pid;	  /* the agent's own process, whose connections are not followed; 0: follow all */
	__u32 flow_mask;  /* slots of cookie_map, a power of two, less one */
	__u32 fold_above; /* dependencies from which on new addresses are counted as "others" */
	__u32 fold_process_above;    /* the same for the dependencies of one process in one role */
	__u32 error_offset;	     /* of sk_err in the kernel's struct sock, from its BTF; 0: not known */
	__u32 soft_error_offset;     /* of sk_err_soft in it */
	__u32 leader_offset;	     /* of group_leader in the kernel's struct task_struct; 0: not known */
	__u32 start_offset;	     /* of start_boottime in it */
	__u32 comm_offset;	     /* of comm in it */
	__u32 pid_offset;	     /* of pid in it, which is the thread's */
	__u32 tgid_offset;	     /* of tgid in it */
	__u32 cgroups_offset;	     /* of cgroups in it; a css_set */
	__u32 default_cgroup_offset; /* of dfl_cgrp in that; a cgroup */
	__u32 cgroup_node_offset;    /* of kn in that; a kernfs_node */
	__u32 cgroup_id_offset;	     /* of id in that */
	__u32 namespaces_offset;     /* of nsproxy in struct task_struct */
	__u32 task_net_offset;	     /* of net_ns in that; a net */
	__u32 socket_net_offset;     /* of skc_net in struct sock */
	__u32 net_number_offset;     /* of ns.inum in struct net */
	__u8 process_source;	     /* enum tendril_process_source */
	__u8 namespace_source;	     /* enum tendril_namespace_source */
	__u8 copies_kernel_memory;   /* 1: tasks are read by bpf_probe_read_kernel; 0: as typed pointers */
	__u8 has_coarse_clock;	     /* bpf_ktime_get_coarse_ns, since 5.11 */
	__u8 can_copy_kernel_memory; /* bpf_probe_read_kernel: not under lockdown=confidentiality */
	__u8 pad[3];
};

/* Written by the agent while the programs run. */
struct tendril_control {
	__s64 event_tokens; /* flow events that may still be sent until the agent refills */
	__s64 wake_tokens;  /* times that the agent may be woken at once */
	__s64 joint_tokens; /* of connections that both of their ends choose to tell of */
	__s64 dependencies; /* entries of dependency_map, counted up here and set right by the agent */
};

#define TENDRIL_SIZE(type, size)                                                                             \
	_Static_assert(sizeof(struct type) == (size), #type " has another size: raise "                      \
							    "TENDRIL_ABI")
TENDRIL_SIZE(dependency_key, 56);
TENDRIL_SIZE(dependency_counters, 320);
TENDRIL_SIZE(process_key, 12);
TENDRIL_SIZE(service_key, 32);
TENDRIL_SIZE(former_owner, 32);
TENDRIL_SIZE(service_owner, 88);
TENDRIL_SIZE(connect_attempt, 80);
TENDRIL_SIZE(flow, 136);
TENDRIL_SIZE(flow_event, 160);
TENDRIL_SIZE(name_payload, 48 + TENDRIL_PAYLOAD_LENGTH);
TENDRIL_SIZE(unix_path, 112);
TENDRIL_SIZE(unix_digest, 16);
TENDRIL_SIZE(unix_listener, 168);
TENDRIL_SIZE(wire_key, 40);
TENDRIL_SIZE(wire_counters, 16);
TENDRIL_SIZE(tendril_config, 88);
TENDRIL_SIZE(tendril_control, 32);
_Static_assert(__builtin_offsetof(struct dependency_key, pid) == 40,
	       "dependency_key.pid moved: raise TENDRIL_ABI");
_Static_assert(__builtin_offsetof(struct flow_event, kind) == 150,
	       "flow_event.kind moved: raise TENDRIL_ABI");

#endif
