// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Optional, for one interface at a time (--xdp lo): counts TCP frames and bytes of each 4-tuple as
 * they arrive on the wire, one direction. An object of its own, so that an interface whose driver
 * refuses XDP costs the rest nothing. XDP sees what comes in; on loopback that is both directions.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include "address.h"

/*
 * wire_map: 4-tuple on an interface -> frames and bytes.
 * Inserts: the program. Reads: the agent, once a second. Deletes: nobody; LRU. When full: the
 * 4-tuple seen least recently goes. 16,384 x 56 bytes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct wire_key);
	__type(value, struct wire_counters);
} wire_map SEC(".maps");

/* wire_totals: frames and bytes of all TCP on the interfaces, for each CPU; what an LRU forgets
 * stays counted here. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_counters);
} wire_totals SEC(".maps");

static __always_inline void count_frame(const struct wire_key *key, __u64 bytes)
{
	struct wire_counters first = {.packets = 1, .bytes = bytes};
	struct wire_counters *counters = bpf_map_lookup_elem(&wire_map, key);
	__u32 zero = 0;
	struct wire_counters *totals = bpf_map_lookup_elem(&wire_totals, &zero);

	if (totals) {
		totals->packets++;
		totals->bytes += bytes;
	}
	if (counters) {
		add(&counters->packets, 1);
		add(&counters->bytes, bytes);
	} else {
		bpf_map_update_elem(&wire_map, key, &first, BPF_ANY);
	}
}

static __always_inline int read_ports(void *transport, void *end, struct wire_key *key)
{
	struct tcphdr *tcp = transport;

	if ((void *)(tcp + 1) > end)
		return 0;
	key->source_port = bpf_ntohs(tcp->source);
	key->destination_port = bpf_ntohs(tcp->dest);
	return 1;
}

SEC("xdp")
int xdp_dependency_tracker(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *ethernet = data;
	struct wire_key key = {.interface_index = ctx->ingress_ifindex};

	if ((void *)(ethernet + 1) > end)
		return XDP_PASS;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(ethernet + 1);

		/* Later fragments carry no ports; the first one counts for its own bytes. */
		if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_TCP || ip->ihl < 5 ||
		    (ip->frag_off & bpf_htons(0x1fff)))
			return XDP_PASS;
		if (!read_ports((void *)ip + ip->ihl * 4, end, &key))
			return XDP_PASS;
		map_ipv4(key.source_address, ip->saddr);
		map_ipv4(key.destination_address, ip->daddr);
	} else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = (void *)(ethernet + 1);

		/* Extension headers before TCP are rare and not followed. */
		if ((void *)(ip + 1) > end || ip->nexthdr != IPPROTO_TCP)
			return XDP_PASS;
		if (!read_ports(ip + 1, end, &key))
			return XDP_PASS;
		__builtin_memcpy(key.source_address, &ip->saddr, 16);
		__builtin_memcpy(key.destination_address, &ip->daddr, 16);
	} else {
		return XDP_PASS;
	}
	count_frame(&key, end - data);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
