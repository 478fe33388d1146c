// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * UDP: who talks to whom, counted in datagrams; and names: DNS answers and the server names of TLS hellos, handed to the agent.
 *
 * UDP has no connection, so a conversation (a socket and one peer) stands for it: counted as opened and closed at its first datagram. Who
 * sends first is the client; a socket that nobody bound to a port is never a server, as nobody could know its port.
 *
 * A socket's process is noted in the socket's own storage where a process is certain: bind, connect, sendmsg and recvmsg. Datagrams and
 * payloads are seen where packets leave and enter sockets (cgroup_skb). Multicast and broadcast are no dependency on a service and are passed over.
 * Only UAPI contexts, as the core. Every program lets the traffic through on every path. An object of its own, left out where the kernel cannot.
 */
#include "datagrams.h"
#include "flows.h"

#define AF_INET	    2
#define AF_INET6    10
#define SOCK_DGRAM  2
#define ALLOW	    1
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER  8
#define DNS_PORT    53
#define ANSWERED_NS 5000000000ULL /* a question is answered or given up by then */
#define DNS_HEADER  12
#define TLS_HELLO   43 /* the least a client's hello can have */
#define PROTOCOL_V4 9  /* offsets in the IP headers */
#define PROTOCOL_V6 6
#define ETH_P_IP    0x0800
#define ETH_P_IPV6  0x86DD

struct conversation_key {
	__u64 cookie;
	__u8 peer_address[16];
	__u16 peer_port;
	__u16 pad0;
	__u32 pad1;
};

/*
 * conversation_map: (socket, peer) -> the dependency it counts on.
 * Inserts: the first datagram. Reads: every datagram. Deletes: nobody; LRU, the one that is silent longest goes, and counts as a new
 * conversation should it speak again. 16,384 x 80 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct conversation_key);
	__type(value, struct dependency_key);
} conversation_map SEC(".maps");

/* name_ring: DNS answers and TLS hellos on their way to the agent. When full: TENDRIL_LOSS_NAME_DROPPED. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 128 * 1024);
} name_ring SEC(".maps");

/* name_scratch: where a record of name_ring is put together, one for each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct name_payload);
} name_scratch SEC(".maps");

/* A packet's addresses and ports, and where its payload begins. */
struct datagram {
	__u8 source_address[16];
	__u8 destination_address[16];
	__u32 payload;	      /* offset, from the network header */
	__u32 payload_length; /* of all its segments */
	__u16 source_port;
	__u16 destination_port;
};

/* --- Who: in the context of the process ------------------------------------------------------------------------------------------------- */

static __always_inline struct datagram_socket *note_owner(void *ctx, struct bpf_sock *socket)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct datagram_socket *known;

	if (config.self_pid && config.self_pid == pid)
		return NULL;
	known = bpf_sk_storage_get(&datagram_socket_map, socket, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!known)
		return NULL;
	if (!known->netns_cookie)
		known->netns_cookie = current_namespace(ctx);
	/* A socket that was passed on belongs to who uses it now. */
	if (known->pid != pid) {
		known->pid = pid;
		known->start = current_start();
		known->cgroup_id = bpf_get_current_cgroup_id();
		current_comm(known->comm);
	}
	return known;
}

static __always_inline int on_bind(struct bpf_sock *socket)
{
	struct datagram_socket *known;

	if (socket->type != SOCK_DGRAM || socket->protocol != IPPROTO_UDP)
		return ALLOW;
	known = note_owner(socket, socket);
	if (known)
		known->bound = 1;
	return ALLOW;
}

SEC("cgroup/post_bind4")
int datagram_bind_tracker(struct bpf_sock *ctx)
{
	return on_bind(ctx);
}

SEC("cgroup/post_bind6")
int datagram_bind_tracker6(struct bpf_sock *ctx)
{
	return on_bind(ctx);
}

static __always_inline int on_connect(struct bpf_sock_addr *ctx)
{
	if (ctx->type == SOCK_DGRAM && ctx->protocol == IPPROTO_UDP && ctx->sk)
		note_owner(ctx, ctx->sk);
	return ALLOW;
}

SEC("cgroup/connect4")
int datagram_connect_tracker(struct bpf_sock_addr *ctx)
{
	return on_connect(ctx);
}

SEC("cgroup/connect6")
int datagram_connect_tracker6(struct bpf_sock_addr *ctx)
{
	return on_connect(ctx);
}

static __always_inline int on_send(struct bpf_sock_addr *ctx, const __u8 address[16])
{
	struct datagram_socket *known;

	if (ctx->protocol != IPPROTO_UDP || !ctx->sk)
		return ALLOW;
	known = note_owner(ctx, ctx->sk);
	if (!known)
		return ALLOW;
	copy_address(known->dialled_address, address);
	known->dialled_port = bpf_ntohs(ctx->user_port);
	return ALLOW;
}

SEC("cgroup/sendmsg4")
int datagram_send_tracker(struct bpf_sock_addr *ctx)
{
	__u8 address[16] __attribute__((aligned(8)));

	map_ipv4(address, ctx->user_ip4);
	return on_send(ctx, address);
}

SEC("cgroup/sendmsg6")
int datagram_send_tracker6(struct bpf_sock_addr *ctx)
{
	__u32 address[4] __attribute__((aligned(8)));

	address[0] = ctx->user_ip6[0];
	address[1] = ctx->user_ip6[1];
	address[2] = ctx->user_ip6[2];
	address[3] = ctx->user_ip6[3];
	return on_send(ctx, (__u8 *)address);
}

/* A server's socket may have been bound by another process than the one that serves (inetd, systemd, a parent). */
static __always_inline int on_receive(struct bpf_sock_addr *ctx)
{
	if (ctx->protocol == IPPROTO_UDP && ctx->sk)
		note_owner(ctx, ctx->sk);
	return ALLOW;
}

SEC("cgroup/recvmsg4")
int datagram_receive_tracker(struct bpf_sock_addr *ctx)
{
	return on_receive(ctx);
}

SEC("cgroup/recvmsg6")
int datagram_receive_tracker6(struct bpf_sock_addr *ctx)
{
	return on_receive(ctx);
}

static __always_inline void service_key_of(struct bpf_sock *socket, __u64 netns_cookie,
					   struct service_key *key)
{
	__u32 *words = (__u32 *)key->address;

	key->netns_cookie = netns_cookie;
	key->port = socket->src_port;
	key->transport = IPPROTO_UDP;
	if (socket->family == AF_INET) {
		map_ipv4(key->address, socket->src_ip4);
		return;
	}
	words[0] = socket->src_ip6[0];
	words[1] = socket->src_ip6[1];
	words[2] = socket->src_ip6[2];
	words[3] = socket->src_ip6[3];
}

SEC("cgroup/sock_release")
int datagram_release_tracker(struct bpf_sock *ctx)
{
	struct datagram_socket *known;
	struct service_owner *owner;

	if (ctx->type != SOCK_DGRAM || ctx->protocol != IPPROTO_UDP)
		return ALLOW;
	known = bpf_sk_storage_get(&datagram_socket_map, ctx, NULL, 0);
	if (!known || !known->service.port)
		return ALLOW;
	owner = bpf_map_lookup_elem(&service_map, &known->service);
	if (!owner)
		return ALLOW;
	if (owner->sockets > 1)
		__sync_fetch_and_add(&owner->sockets, -1);
	else
		bpf_map_delete_elem(&service_map, &known->service);
	return ALLOW;
}

/* --- What: packets ---------------------------------------------------------------------------------------------------------------------- */

static __always_inline int is_to_many(const __u8 address[16])
{
	const __u32 *words = (const __u32 *)address;

	if (!is_ipv4(address))
		return address[0] == 0xff;
	return (address[12] & 0xf0) == 0xe0 || words[3] == 0xffffffff;
}

static __always_inline int read_datagram(struct __sk_buff *skb, struct datagram *datagram)
{
	__u16 ports[4]; /* source, destination, length, checksum */
	__u32 addresses[4], header;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		__u8 length;

		if (bpf_skb_load_bytes(skb, 0, &length, 1) || bpf_skb_load_bytes(skb, 12, addresses, 8))
			return 0;
		header = (length & 0xf) * 4;
		map_ipv4(datagram->source_address, addresses[0]);
		map_ipv4(datagram->destination_address, addresses[1]);
	} else {
		header = IPV6_HEADER;
		if (bpf_skb_load_bytes(skb, 8, datagram->source_address, 16) ||
		    bpf_skb_load_bytes(skb, 24, datagram->destination_address, 16))
			return 0;
	}
	if (bpf_skb_load_bytes(skb, header, ports, sizeof(ports)))
		return 0;
	datagram->source_port = bpf_ntohs(ports[0]);
	datagram->destination_port = bpf_ntohs(ports[1]);
	datagram->payload = header + UDP_HEADER;
	datagram->payload_length = skb->len > datagram->payload ? skb->len - datagram->payload : 0;
	return 1;
}

/* The peer that a connected socket has, before any NAT; false for one that is not connected. */
static __always_inline int connected_peer(struct bpf_sock *socket, struct conversation_key *key)
{
	__u32 *words = (__u32 *)key->peer_address;
	__u16 port = bpf_ntohs(socket->dst_port);

	if (!port)
		return 0;
	key->peer_port = port;
	if (socket->family == AF_INET) {
		map_ipv4(key->peer_address, socket->dst_ip4);
		return 1;
	}
	words[0] = socket->dst_ip6[0];
	words[1] = socket->dst_ip6[1];
	words[2] = socket->dst_ip6[2];
	words[3] = socket->dst_ip6[3];
	return 1;
}

static __always_inline void count_datagram(struct dependency_counters *counters, struct __sk_buff *skb,
					   const struct datagram *datagram, int received)
{
	__u32 segments = skb->gso_segs;

	if (!segments)
		segments = 1;
	/* A packet of many segments has one header here. */
	if (received) {
		add(&counters->datagrams_received, segments);
		add(&counters->bytes_received, datagram->payload_length);
	} else {
		add(&counters->datagrams_sent, segments);
		add(&counters->bytes_sent, datagram->payload_length);
	}
}

/* A flow event of a conversation's first datagram: the first of every dependency, and then within the budget. */
static __noinline int tell_opened(struct __sk_buff *skb, const struct dependency_key *key,
				  const struct conversation_key *conversation,
				  const struct datagram_socket *known, int first)
{
	struct flow_event *event;
	struct datagram datagram = {};

	if (!key || !conversation || !known)
		return 0;
	if (!first && control.event_tokens <= 0) {
		count_loss(TENDRIL_LOSS_EVENT_SUPPRESSED);
		return 0;
	}
	if (!first)
		__sync_fetch_and_add(&control.event_tokens, -1);
	if (!read_datagram(skb, &datagram))
		return 0;
	event = bpf_ringbuf_reserve(&flow_events, sizeof(*event), 0);
	if (!event) {
		count_loss(TENDRIL_LOSS_RING_FULL);
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->cookie = conversation->cookie;
	event->netns_cookie = key->netns_cookie;
	event->pid = key->pid;
	event->start = key->start;
	event->kind = TENDRIL_FLOW_OPENED;
	event->role = key->role;
	event->transport = key->transport;
	event->cgroup_id = known->cgroup_id;
	__builtin_memcpy(event->comm, known->comm, sizeof(event->comm));
	copy_address(event->remote_address, conversation->peer_address);
	event->remote_port = conversation->peer_port;
	if (key->role == TENDRIL_ROLE_CLIENT) {
		copy_address(event->local_address, datagram.source_address);
		event->local_port = datagram.source_port;
	} else {
		copy_address(event->local_address, datagram.destination_address);
		event->local_port = datagram.destination_port;
	}
	bpf_ringbuf_submit(event, wake_for(first));
	return 0;
}

static __noinline int begin_conversation(struct __sk_buff *skb, const struct datagram_socket *known,
					 const struct conversation_key *conversation,
					 struct dependency_key *key)
{
	struct dependency_counters *counters;
	char comm[TENDRIL_COMM_LENGTH];

	if (!known || !conversation || !key)
		return 0;
	counters = bpf_map_lookup_elem(&dependency_map, key);
	if (!counters) {
		__builtin_memcpy(comm, known->comm, sizeof(comm));
		admit_dependency(key, comm, known->cgroup_id);
		counters = bpf_map_lookup_elem(&dependency_map, key);
	}
	if (!counters) {
		count_loss(TENDRIL_LOSS_DEPENDENCY_FULL);
		return 0;
	}
	tell_opened(skb, key, conversation, known, counters->opened == 0);
	add(&counters->opened, 1);
	add(&counters->closed, 1);
	bpf_map_update_elem(&conversation_map, conversation, key, BPF_ANY);
	/*
	 * A new entry that nobody looked up yet is the first to go when a full LRU makes room (kernel/bpf/bpf_lru_list.c), though it is the
	 * youngest: its answer would count as another conversation.
	 */
	bpf_map_lookup_elem(&conversation_map, conversation);
	return 0;
}

/* The socket was reached by somebody: it serves. */
static __noinline int note_listening(struct bpf_sock *socket, struct datagram_socket *known,
				     __u64 netns_cookie, __u64 cookie)
{
	struct service_key key = {};
	struct service_owner owner = {};
	struct service_owner *other;

	if (!socket || !known)
		return 0;
	service_key_of(socket, netns_cookie, &key);
	owner.cookie = cookie;
	owner.cgroup_id = known->cgroup_id;
	owner.since_ns = bpf_ktime_get_ns();
	owner.pid = known->pid;
	owner.start = known->start;
	owner.sockets = 1;
	__builtin_memcpy(owner.comm, known->comm, sizeof(owner.comm));
	other = bpf_map_lookup_elem(&service_map, &key);
	if (other)
		owner.sockets += other->sockets;
	if (bpf_map_update_elem(&service_map, &key, &owner, BPF_ANY))
		count_loss(TENDRIL_LOSS_SERVICE_FULL);
	known->service = key;
	return 0;
}

static __always_inline int on_udp(struct __sk_buff *skb, struct bpf_sock *socket, int received)
{
	struct conversation_key conversation = {};
	struct dependency_counters *counters;
	struct dependency_key key = {};
	struct dependency_key *found;
	struct datagram_socket *known;
	struct datagram datagram = {};
	int is_connected;

	known = bpf_sk_storage_get(&datagram_socket_map, socket, NULL, 0);
	if (!known || !read_datagram(skb, &datagram))
		return 0;
	if (is_to_many(datagram.destination_address))
		return 0;
	conversation.cookie = bpf_get_socket_cookie(skb);
	is_connected = connected_peer(socket, &conversation);
	if (!is_connected) {
		copy_address(conversation.peer_address,
			     received ? datagram.source_address : datagram.destination_address);
		conversation.peer_port = received ? datagram.source_port : datagram.destination_port;
	}
	found = bpf_map_lookup_elem(&conversation_map, &conversation);
	if (!found && !is_connected && known->dialled_port && (!received || !known->bound)) {
		/* Sent: where it goes after the NAT is not where it was sent to. Received: an answer from another address than was asked. */
		copy_address(conversation.peer_address, known->dialled_address);
		conversation.peer_port = known->dialled_port;
		found = bpf_map_lookup_elem(&conversation_map, &conversation);
	}
	if (found && found->pid == known->pid) {
		counters = bpf_map_lookup_elem(&dependency_map, found);
		if (counters) {
			count_datagram(counters, skb, &datagram, received);
			return 0;
		}
	}
	/* A server that is older than the hooks may answer what nobody saw it asked: it is not its client's client for that. */
	if (!found && !received && !is_connected && known->adopted_ns &&
	    bpf_ktime_get_ns() - known->adopted_ns < ANSWERED_NS)
		return 0;
	key.netns_cookie = known->netns_cookie;
	key.pid = known->pid;
	key.start = known->start;
	key.transport = IPPROTO_UDP;
	key.role = found		       ? found->role
		   : received && !is_connected ? TENDRIL_ROLE_SERVER
					       : TENDRIL_ROLE_CLIENT;
	if (key.role == TENDRIL_ROLE_SERVER) {
		if (!known->bound)
			return 0;
		copy_address(key.server_address,
			     received ? datagram.destination_address : datagram.source_address);
		copy_address(key.peer_address, conversation.peer_address);
		key.server_port = received ? datagram.destination_port : datagram.source_port;
		if (!known->service.port)
			note_listening(socket, known, key.netns_cookie, conversation.cookie);
	} else {
		copy_address(key.server_address, conversation.peer_address);
		key.server_port = conversation.peer_port;
	}
	begin_conversation(skb, known, &conversation, &key);
	counters = bpf_map_lookup_elem(&dependency_map, &key);
	if (counters)
		count_datagram(counters, skb, &datagram, received);
	return 0;
}

/* --- Names: payloads that tell what an address is called -------------------------------------------------------------------------------- */

static __noinline int hand_over(struct __sk_buff *skb, __u32 offset, struct name_payload *record)
{
	__u32 length;

	if (!record || skb->len <= offset)
		return 0;
	length = skb->len - offset;
	if (length > TENDRIL_PAYLOAD_LENGTH)
		length = TENDRIL_PAYLOAD_LENGTH;
	/* Older verifiers (6.1) do not conclude from "not 0" that it is at least 1: they are shown a bound that they do understand. */
	length--;
	asm volatile("%0 &= %1" : "+r"(length) : "i"(TENDRIL_PAYLOAD_LENGTH - 1));
	length++;
	if (bpf_skb_load_bytes(skb, offset, record->data, length))
		return 0;
	record->time_ns = bpf_ktime_get_ns();
	record->length = length;
	if (bpf_ringbuf_output(&name_ring, record, sizeof(*record) - TENDRIL_PAYLOAD_LENGTH + length,
			       BPF_RB_NO_WAKEUP))
		count_loss(TENDRIL_LOSS_NAME_DROPPED);
	return 0;
}

static __always_inline struct name_payload *scratch(void)
{
	__u32 slot = 0;

	return bpf_map_lookup_elem(&name_scratch, &slot);
}

/* A DNS answer over UDP (RFC 1035): from port 53, with the response bit. Whose question it was is known by the socket. */
static __always_inline void on_dns(struct __sk_buff *skb, struct bpf_sock *socket)
{
	struct datagram_socket *known;
	struct name_payload *record;
	struct datagram datagram = {};
	__u8 flags;

	if (!read_datagram(skb, &datagram) || datagram.source_port != DNS_PORT)
		return;
	if (bpf_skb_load_bytes(skb, datagram.payload + 2, &flags, 1) || !(flags & 0x80))
		return;
	record = scratch();
	if (!record)
		return;
	known = bpf_sk_storage_get(&datagram_socket_map, socket, NULL, 0);
	record->netns_cookie = known ? known->netns_cookie : 0;
	record->pid = known ? known->pid : 0;
	record->kind = TENDRIL_NAME_DNS;
	__builtin_memset(record->server_address, 0, sizeof(record->server_address));
	record->server_port = 0;
	hand_over(skb, datagram.payload, record);
}

/* The first bytes that a client sends: a TLS hello (RFC 8446 section 4.1.2) names the server it wants (RFC 6066). */
static __noinline int on_first_bytes(struct __sk_buff *skb, __u32 header)
{
	struct name_payload *record;
	struct flow *flow;
	__u8 hello[6], offset;

	if (bpf_skb_load_bytes(skb, header + 12, &offset, 1))
		return 0;
	header += (offset >> 4) * 4;
	if (bpf_skb_load_bytes(skb, header, hello, sizeof(hello)))
		return 0;
	/* A handshake record of TLS 1.x with a client's hello in it. */
	if (hello[0] != 0x16 || hello[1] != 3 || hello[5] != 1)
		return 0;
	flow = find_flow(bpf_get_socket_cookie(skb));
	record = scratch();
	if (!flow || !record || flow->key.role != TENDRIL_ROLE_CLIENT)
		return 0;
	record->netns_cookie = flow->key.netns_cookie;
	record->pid = flow->key.pid;
	record->kind = TENDRIL_NAME_TLS;
	copy_address(record->server_address, flow->key.server_address);
	record->server_port = flow->key.server_port;
	return hand_over(skb, header, record);
}

static __always_inline void on_tcp_sent(struct __sk_buff *skb, struct bpf_sock *socket, __u32 header)
{
	struct bpf_tcp_sock *tcp = bpf_tcp_sock(socket);

	/* The SYN is one byte; when more was acknowledged the first bytes are long past. */
	if (tcp && tcp->bytes_acked <= 1 && skb->len >= header + 20 + TLS_HELLO)
		on_first_bytes(skb, header);
}

/* The transport protocol, and whether the packet stays on this host; nothing is loaded for the many packets that do not matter. */
static __always_inline int on_packet(struct __sk_buff *skb, int received)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct bpf_sock *socket;
	__u8 *bytes = data, protocol;
	__u32 header = IPV4_HEADER;
	int stays;

	if (data + IPV6_HEADER > end) {
		/* The least UDP packet with IPv4 is shorter. */
		if (data + IPV4_HEADER + UDP_HEADER > end || skb->protocol != bpf_htons(ETH_P_IP))
			return ALLOW;
		protocol = bytes[PROTOCOL_V4];
		stays = 1;
	} else if (skb->protocol == bpf_htons(ETH_P_IP)) {
		protocol = bytes[PROTOCOL_V4];
		stays = bytes[16] == 127;
		header = (bytes[0] & 0xf) * 4;
	} else {
		protocol = bytes[PROTOCOL_V6];
		stays = 0;
		header = IPV6_HEADER;
	}
	if (protocol != IPPROTO_UDP && (protocol != IPPROTO_TCP || received || stays))
		return ALLOW;
	socket = skb->sk;
	if (!socket)
		return ALLOW;
	socket = bpf_sk_fullsock(socket);
	if (!socket)
		return ALLOW;
	if (protocol == IPPROTO_TCP) {
		on_tcp_sent(skb, socket, header);
		return ALLOW;
	}
	on_udp(skb, socket, received);
	if (received)
		on_dns(skb, socket);
	return ALLOW;
}

SEC("cgroup_skb/ingress")
int datagram_ingress_tracker(struct __sk_buff *skb)
{
	return on_packet(skb, 1);
}

SEC("cgroup_skb/egress")
int datagram_egress_tracker(struct __sk_buff *skb)
{
	return on_packet(skb, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
