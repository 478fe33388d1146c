/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Paths and abstract names of Unix sockets. */
#ifndef TENDRIL_UNIX_H
#define TENDRIL_UNIX_H

#include <linux/types.h>
#include "tendril.h"

/* FNV-1a, twice from different beginnings: the same text, the same digest. A path ends at its first NUL, an abstract name does not. */
static __always_inline void digest_path(struct unix_path *path, struct unix_digest *digest)
{
	__u64 first = 0xcbf29ce484222325ULL, second = 0x84222325cbf29ce4ULL;
	int abstract = path->path[0] == 0;

	for (__u32 i = 0; i < TENDRIL_PATH_LENGTH; i++) {
		__u8 byte = path->path[i];

		if (i >= path->length || (!abstract && !byte)) {
			path->length = i;
			break;
		}
		first = (first ^ byte) * 0x100000001b3ULL;
		second = (second ^ byte) * 0x100000001b3ULL;
	}
	/* No address looks like it: neither any, nor loopback, nor mapped IPv4 has its first bit. */
	digest->first = first | 0x80;
	digest->second = second;
}

#endif
