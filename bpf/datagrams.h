/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is kept of each UDP socket; shared by the programs that count datagrams and the iterator that finds older sockets. */
#ifndef TENDRIL_DATAGRAMS_H
#define TENDRIL_DATAGRAMS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "tendril.h"

#define IPPROTO_UDP 17

/* What is known of a UDP socket. */
struct datagram_socket {
	__u64 netns_cookie;
	__u64 cgroup_id;
	__u64 adopted_ns; /* when it was found bound; 0: its bind() was seen, or it has none */
	__u32 pid;
	__u32 start;
	__u16 dialled_port; /* 0: nothing was sent by sendto() yet */
	__u8 bound;	    /* bind() was called: others may know its port */
	__u8 pad[5];
	__u8 dialled_address[16];   /* where the last sendto() went, before any NAT */
	struct service_key service; /* its endpoint in service_map; port 0: nobody has reached it yet */
	char comm[TENDRIL_COMM_LENGTH];
};

/*
 * datagram_socket_map: storage of UDP sockets. Made by bind, connect and sendto, and by the agent's iterator for older sockets. Freed with
 * the socket by the kernel.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct datagram_socket);
} datagram_socket_map SEC(".maps");

#endif
