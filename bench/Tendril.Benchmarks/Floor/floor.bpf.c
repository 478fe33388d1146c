// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Programs on the hooks that the agent's are called on for a TCP connection, which return at once: what being called costs.
 * Like the agent's, they ask to be told of each connection's states.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define ALLOW 1

SEC("sockops")
int floor_sockops(struct bpf_sock_ops *ctx)
{
	if (ctx->op == BPF_SOCK_OPS_TCP_CONNECT_CB || ctx->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		bpf_sock_ops_cb_flags_set(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
	return ALLOW;
}

SEC("cgroup/connect4")
int floor_connect(struct bpf_sock_addr *ctx)
{
	return ALLOW;
}

SEC("cgroup/connect4")
int floor_datagram_connect(struct bpf_sock_addr *ctx)
{
	return ALLOW;
}

SEC("cgroup/sock_release")
int floor_release(struct bpf_sock *ctx)
{
	return ALLOW;
}

SEC("cgroup_skb/ingress")
int floor_ingress(struct __sk_buff *skb)
{
	return ALLOW;
}

SEC("cgroup_skb/egress")
int floor_egress(struct __sk_buff *skb)
{
	return ALLOW;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
