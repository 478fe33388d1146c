/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Addresses as all of Tendril has them: 16 bytes in network order, IPv4 mapped into IPv6. */
#ifndef TENDRIL_ADDRESS_H
#define TENDRIL_ADDRESS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "tendril.h"

#define IPPROTO_TCP 6

static __always_inline void copy_address(__u8 to[16], const __u8 from[16])
{
	__builtin_memcpy(to, from, 16);
}

static __always_inline void map_ipv4(__u8 to[16], __u32 address)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
}

static __always_inline int is_ipv4(const __u8 address[16])
{
	const __u32 *words = (const __u32 *)address;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

static __always_inline int same_address(const __u8 a[16], const __u8 b[16])
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;

	return x[0] == y[0] && x[1] == y[1];
}

static __always_inline void add(__u64 *counter, __u64 amount)
{
	if (amount)
		__sync_fetch_and_add(counter, amount);
}

#endif
