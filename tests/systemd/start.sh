#!/usr/bin/env bash
# The first process of the machine that scripts/check-package.sh boots: puts the system where systemd has a real root file system, and starts it.
set -euo pipefail
mount -t tmpfs -o mode=755,size=90% tmpfs /mnt
for entry in /*; do
  case $entry in
    /mnt | /proc | /sys | /dev) ;;
    *) cp -a "$entry" /mnt/ ;;
  esac
done
mkdir -p /mnt/mnt /mnt/proc /mnt/sys /mnt/dev
exec switch_root /mnt /sbin/init
