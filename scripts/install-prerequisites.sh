#!/usr/bin/env bash
# Installs what building and running Tendril needs and this machine lacks. Debian 12, Ubuntu 22.04 and 24.04.
#
#   scripts/install-prerequisites.sh            to build and run
#   scripts/install-prerequisites.sh --demo     also PostgreSQL and Redis, for the demo
#   scripts/install-prerequisites.sh --test     also what the tests use
#   scripts/install-prerequisites.sh --bench    also what the benchmarks use
#   scripts/install-prerequisites.sh --page     also what testing and measuring the dashboard takes: Node and Chromium
#   scripts/install-prerequisites.sh --kernels  also what booting other kernels takes
#   scripts/install-prerequisites.sh --package  also what checking the packages uses
#   scripts/install-prerequisites.sh --arm64    the same for arm64 on another machine, and what building for it takes
#
# Needs root only when something is missing. The .NET SDK 10 is expected to be there: https://dot.net/download
# No service of the machine is started or enabled by this.
set -euo pipefail
# shellcheck source=scripts/processes.sh
source "$(dirname "$0")/processes.sh"

missing=() optional=()
need_command() { command -v "$1" >/dev/null || missing+=("$2"); }
need_file() { compgen -G "$1" >/dev/null || missing+=("$2"); }

need_to_build() {
  need_command clang clang
  need_command llvm-strip llvm
  need_command objcopy binutils
  need_file '/usr/include/stdlib.h' libc6-dev
  need_file '/usr/lib*/*/libbpf.a' libbpf-dev
  need_file '/usr/lib*/*/libelf.a' libelf-dev
  need_file '/usr/lib*/*/libz.a' zlib1g-dev
}

need_for_demo() {
  need_file '/usr/lib/postgresql/*/bin/postgres' postgresql
  need_command redis-server redis-server
}

need_for_tests() {
  need_command clang-format clang-format
  need_command ip iproute2
  need_command nft nftables
  need_command curl curl
  need_command python3 python3
  need_for_page
  need_for_truth
  # Ubuntu has bpftool by kernel; the tests that use it say so and are skipped there.
  grep -q '^ID=ubuntu' /etc/os-release || need_command bpftool bpftool
}

need_for_page() {
  local node=0
  ! command -v node >/dev/null || node=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  ((node >= 18)) && command -v npm >/dev/null || missing+=(nodejs npm)
  # Ubuntu has Chromium as a snap only; the tests that use it say so and are skipped there.
  grep -q '^ID=ubuntu' /etc/os-release || need_command chromium chromium
}

# The real software whose graphs are known beforehand: servers, their own clients, and a runtime of each language.
need_for_truth() {
  need_for_demo
  need_file /usr/sbin/nginx nginx
  need_file /usr/sbin/haproxy haproxy
  need_command memcached memcached
  need_file /usr/sbin/mariadbd mariadb-server
  need_file /usr/sbin/dnsmasq dnsmasq-base
  need_command dig bind9-dnsutils
  need_command unshare util-linux
  need_command gcc gcc
  # Java runs a source file only with its compiler; gccgo is half as large as Go itself.
  need_file '/usr/lib/jvm/*/bin/javac' default-jdk-headless
  need_command gccgo gccgo
  # Not every release has NATS; its scenario says so and is skipped there.
  [[ -e /usr/sbin/nats-server ]] || optional+=(nats-server)
}

need_for_benchmarks() {
  need_command bpftool bpftool
  # The peer that Tendril is compared with. Ubuntu 22.04 does not have it; the comparison is left out there.
  grep -q '^VERSION_ID="22.04"' /etc/os-release || need_file /usr/sbin/tcplife libbpf-tools
}

# Debian's kernels are verified by Debian's keys, which Ubuntu has in a package of the same name.
need_for_kernels() {
  need_command qemu-system-x86_64 qemu-system-x86
  need_file /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
  need_command gcc gcc
  need_command cpio cpio
  need_command xz xz-utils
  need_command python3 python3
}

need_for_packages() {
  need_command debootstrap debootstrap
  need_command lintian lintian
  need_command systemd-analyze systemd
  need_command setpriv util-linux
  need_command python3 python3
}

need_for_arm64() {
  need_for_kernels
  need_command qemu-system-aarch64 qemu-system-arm
  need_command aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
  need_file /usr/aarch64-linux-gnu/include/stdlib.h libc6-dev-arm64-cross
}

# Packages start and enable their services on installation; the demo wants the programs alone.
forbid_services() {
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    undo+=(/usr/sbin/policy-rc.d)
  fi
  local no_cluster=/etc/postgresql-common/createcluster.d/tendril-install.conf
  mkdir -p "${no_cluster%/*}"
  printf 'create_main_cluster = false\n' >"$no_cluster"
  undo+=("$no_cluster")
}

# What this release has of it is known once its lists are there.
add_optional() {
  local package
  for package in "${optional[@]}"; do
    ! apt-cache show "$package" >/dev/null 2>&1 || missing+=("$package")
  done
}

install() {
  ((EUID == 0)) || die "missing: ${missing[*]}. Installing them needs root: run 'sudo $0${*:+ $*}' first."
  local undo=() package
  # shellcheck disable=SC2154 # undo is the array above
  trap 'rm -f "${undo[@]}"' EXIT
  forbid_services
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
  { "${apt[@]}" update && add_optional && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$logs/apt.log" 2>&1 </dev/null || {
    tail -n 20 "$logs/apt.log" | sed 's/^/  | /' >&2
    die "apt-get could not install ${missing[*]}; the end of $logs/apt.log is above."
  }
  for package in postgresql redis-server nginx haproxy memcached mariadb nats-server; do
    [[ " ${missing[*]} " != *" $package "* ]] || systemctl disable --quiet "$package" >/dev/null 2>&1 || true
  done
  rm -f "${undo[@]}"
  trap - EXIT
}

make_run_directory
command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' ||
  die "the .NET SDK 10 is missing. https://dot.net/download tells how to get it, for Debian in two lines; then run this again."

need_to_build
for option in "$@"; do
  case $option in
    --demo) need_for_demo ;;
    --test) need_for_tests ;;
    --bench) need_for_benchmarks ;;
    --page) need_for_page ;;
    --kernels) need_for_kernels ;;
    --package) need_for_packages ;;
    --arm64) need_for_arm64 ;;
    -h | --help) show_help && exit ;;
    *) die "'$option' is not an option; there are --demo, --test, --bench, --page, --kernels, --arm64 and --package." ;;
  esac
done
((${#missing[@]} > 0)) || add_optional
((${#missing[@]} == 0)) || install "$@"
