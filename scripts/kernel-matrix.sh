#!/usr/bin/env bash
# Boots Debian's cloud kernels (5.10, 6.1, 6.12 and the newest there is) in QEMU without KVM, runs the agent as it is shipped inside, with
# nothing beside it but the test's own program, plays scenarios whose graph is known (tests/kernels), compares the whole graph that an
# operator on this machine shows, and writes the table into docs/kernels.md.
#
#   scripts/kernel-matrix.sh                all kernels, each with cgroup v2 alone, beside v1, without BTF, under lockdown, with v1 alone
#   scripts/kernel-matrix.sh --quick        each kernel once; docs/kernels.md stays as it is
#   scripts/kernel-matrix.sh --only 6.1     one kernel, all variants; docs/kernels.md stays as it is
#   scripts/kernel-matrix.sh --arm64        kernels for arm64, with the agent built for it; docs/kernels.md stays as it is; may be given with the others
#   scripts/kernel-matrix.sh --refresh      fetches the kernels anew first; may be given with the others
#   scripts/kernel-matrix.sh --fetch        fetches those that are not there, and no more; may be given with the others
#
# Kernels come from Debian's package servers, verified by apt, and are kept in .run/kernels, or in TENDRIL_KERNELS. This machine's package
# sources are not changed. Installs and builds what is missing first. Ends with one line: kernels_passed=… kernels_failed=…
# Exit code 1 when one failed; 77 when the kernels cannot be fetched and there are none (1 with CI=true).
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

all_kernels=(5.10 6.1 6.12 newest) variants=(v2 hybrid no-btf lockdown v1) wanted=("${all_kernels[@]}") whole=yes refresh='' only_fetch='' architecture=amd64
while (($# > 0)); do
  case $1 in
    --quick) variants=(v2) whole='' ;;
    --only) wanted=("${2:?--only wants one of: ${all_kernels[*]}}") whole='' && shift ;;
    --arm64) architecture=arm64 whole='' ;;
    --refresh) refresh=yes ;;
    --fetch) only_fetch=yes ;;
    -h | --help) show_help && exit ;;
    *) die "'$1' is not an option; there are --quick, --only, --arm64, --refresh and --fetch." ;;
  esac
  shift
done

kernels=${TENDRIL_KERNELS:-$run/kernels}/$architecture results=$artifacts/kernels page=docs/kernels.md
if [[ $architecture == arm64 ]]; then
  compiler=aarch64-linux-gnu-gcc emulator=(qemu-system-aarch64 -M virt) console=ttyAMA0 agent=agent-arm64 prerequisites=--arm64
else
  compiler=gcc emulator=(qemu-system-x86_64) console=ttyS0 agent=agent prerequisites=--kernels
fi
# What a machine needs to reach the network and to be asked for its sockets, in the order of their needs; a kernel may have some built in.
modules=(virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net inet_diag tcp_diag udp_diag)
# A boot, the scenarios and the comparison take some 20 s on an idle machine.
boot_seconds=150 settle_seconds=30

apt=(
  -q -o Dir::Etc::sourcelist="$kernels/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State="$kernels/apt/state"
  -o Dir::State::status=/dev/null -o Dir::Cache="$kernels/apt/cache" -o APT::Architecture="$architecture" -o APT::Architectures="$architecture"
  -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root -o Acquire::Retries=3
)

# update_lists: of Debian's releases, in a directory of our own.
update_lists() {
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg suite
  mkdir -p "$kernels"/apt/{state/lists,cache/archives}/partial
  for suite in bullseye bookworm trixie sid; do
    printf 'deb [signed-by=%s] http://deb.debian.org/debian %s main\n' "$keys" "$suite"
    [[ $suite == sid ]] || printf 'deb [signed-by=%s] http://deb.debian.org/debian-security %s-security main\n' "$keys" "$suite"
  done >"$kernels/apt/sources.list"
  say "fetching Debian's lists of kernels"
  # One release that is gone does not spoil the others.
  apt-get "${apt[@]}" update >"$logs/kernels-apt.log" 2>&1 </dev/null || true
}

# images_of KERNEL: prints versions and image packages of what begins so in Debian, the newest first.
images_of() {
  local series=${1/newest/}
  apt-cache "${apt[@]}" show "linux-image-cloud-$architecture" 2>/dev/null |
    awk -v series="${series:+$series.}" '
      /^Version: / { version = $2 }
      /^Depends: / && index(version, series) == 1 && match($0, /linux-image-[0-9][^ ,]*/) { print version, substr($0, RSTART, RLENGTH) }' |
    sort -rV
}

# fetch KERNEL: the newest that can be had.
fetch() {
  local version image
  [[ $refresh || ! -s $kernels/$1/vmlinuz ]] || return 0
  [[ -s $kernels/apt/updated ]] || { update_lists && date >"$kernels/apt/updated"; }
  # Lists may name what the servers no longer have.
  while read -r version image; do
    ! fetch_version "$1" "$version" "$image" || return 0
  done < <(images_of "$1")
  return 1
}

# fetch_version KERNEL VERSION IMAGE: image and modules into a directory, and the version beside them.
fetch_version() {
  local to=$kernels/$1 version=$2 image=$3 packages module file
  packages=("$image=$version")
  # Newer packages have the image and the modules apart.
  if apt-cache "${apt[@]}" show "${image/image/binary}" >/dev/null 2>&1; then
    packages=("${image/image/binary}=$version" "${image/image/modules}=$version")
  fi
  say "fetching ${packages[*]}"
  rm -rf "$to.new"
  mkdir -p "$to.new/packages" "$to.new/modules"
  (cd "$to.new/packages" && apt-get "${apt[@]}" download "${packages[@]}") >>"$logs/kernels-apt.log" 2>&1 </dev/null || return 1
  for file in "$to.new"/packages/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$to.new/packages" --wildcards --no-anchored 'vmlinuz*' "${modules[@]/%/.ko*}" 2>/dev/null || true
  done
  for module in "${modules[@]}"; do
    file=$(find "$to.new/packages" -name "$module.ko" -o -name "$module.ko.xz" | head -n 1)
    case $file in
      '') continue ;;
      *.xz) xz -dc "$file" >"$to.new/modules/$module.ko" ;;
      *) mv "$file" "$to.new/modules/$module.ko" ;;
    esac
    printf '/modules/%s.ko\n' "$module" >>"$to.new/modules/order"
  done
  find "$to.new/packages" -name 'vmlinuz*' -exec mv {} "$to.new/vmlinuz" \;
  [[ -s $to.new/vmlinuz && -s $to.new/modules/virtio_net.ko ]] || return 1
  rm -rf "$to.new/packages" "$to"
  printf '%s\n' "$version" >"$to.new/version"
  mv "$to.new" "$to"
}

# fetch_libraries: the static ones that the agent is linked with, of the oldest release that has them new enough: they fit any newer C library.
fetch_libraries() {
  local to=$kernels/libraries file
  [[ $refresh || ! -s $to/libbpf.a ]] || return 0
  [[ -s $kernels/apt/updated ]] || { update_lists && date >"$kernels/apt/updated"; }
  rm -rf "$to"
  mkdir -p "$to/packages"
  (cd "$to/packages" && apt-get "${apt[@]}" download {libbpf,libelf,zlib1g}-dev/bookworm) >>"$logs/kernels-apt.log" 2>&1 </dev/null || return 1
  for file in "$to"/packages/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$to" --wildcards --no-anchored --transform 's|.*/||' 'lib*.a'
  done
  rm -rf "$to/packages"
  [[ -s $to/libbpf.a && -s $to/libelf.a && -s $to/libz.a ]]
}

fetch_all() {
  local kernel
  [[ -z $refresh ]] || rm -f "$kernels/apt/updated"
  mkdir -p "$kernels/apt"
  [[ $architecture == amd64 ]] || fetch_libraries || give_up "libraries for $architecture"
  for kernel in "${wanted[@]}"; do
    fetch "$kernel" || give_up "kernel $kernel"
  done
}

give_up() {
  rm -f "$kernels/apt/updated"
  tail -n 5 "$logs/kernels-apt.log" | sed 's/^/  | /' >&2
  say "Debian's $1 cannot be fetched; $logs/kernels-apt.log has everything"
  say "kernels_passed=0 kernels_failed=0 kernels_skipped=${#wanted[@]}"
  [[ ${CI:-} != true ]] || exit 1
  exit 77
}

# make_root: what all machines have: the agent, the C library that it wants of every host, and the test's own program.
make_root() {
  local library
  rm -rf "$results"
  mkdir -p "$results/root"/{etc,modules}
  "$compiler" -O2 -Wall -Werror -static tests/kernels/guest.c -o "$results/root/init"
  install -m 755 "$artifacts/$agent/tendril-agent" "$results/root/agent"
  if [[ $architecture == arm64 ]]; then
    for library in ld-linux-aarch64.so.1 libc.so.6 libm.so.6; do
      install -D -m 755 "/usr/aarch64-linux-gnu/lib/$library" "$results/root/lib/$library"
    done
  else
    while read -r library; do
      install -D -m 755 "$library" "$results/root$library"
    done < <(ldd "$artifacts/$agent/tendril-agent" | grep -o '/[^ ]*')
  fi
  printf '0123456789abcdef0123456789abcdef\n' >"$results/root/etc/machine-id"
}

# initramfs KERNEL: of the common root and the kernel's modules.
initramfs() {
  { (cd "$results/root" && find . | cpio -o -H newc --quiet) && (cd "$kernels/$1" && find modules | cpio -o -H newc --quiet); }
}

release_of() { cut -d . -f 1,2 "$kernels/$1/version"; }

# try KERNEL VARIANT: one machine from its start to its end. Leaves a row of the table, and what was wrong.
try() {
  local kernel=$1 variant=$2 name=$results/$1-$2 words='' cgroups=v2 port='' i machine
  started=()
  trap 'kill "${started[@]}" 2>/dev/null || true' EXIT
  case $variant in
    hybrid | v1) cgroups=$variant ;;
    no-btf) words='tendril.btf=no' ;;
    lockdown) words='lockdown=confidentiality' ;;
  esac
  : >"$name.operator"
  "$artifacts/operator/tendril-operator" --http 127.0.0.1:0 --grpc 127.0.0.1:0 >"$name.operator" 2>&1 </dev/null &
  started+=($!)
  for ((i = 0; i < 300; i++)); do
    port=$(sed -n 's/^  agents .*:\([0-9]*\)$/\1/p' "$name.operator")
    [[ -z $port ]] || break
    sleep 0.1
  done
  initramfs "$kernel" >"$name.initramfs"
  : >"$name.console"
  # no_timer_check: an emulated timer that is late on a busy machine is not broken.
  "${emulator[@]}" -accel tcg -cpu max -m 512 -nodefaults -nographic -no-reboot -serial "file:$name.console" \
    -netdev user,id=net -device virtio-net-pci,netdev=net,romfile= -kernel "$kernels/$kernel/vmlinuz" -initrd "$name.initramfs" \
    -append "console=$console quiet panic=-1 no_timer_check tendril.operator=10.0.2.2:$port tendril.cgroups=$cgroups $words" >"$name.qemu" 2>&1 </dev/null &
  machine=$!
  started+=("$machine")
  for ((i = 0; i < boot_seconds * 5; i++)); do
    if grep -aq '^guest: traffic ends' "$name.console" || ! kill -0 "$machine" 2>/dev/null; then
      break
    fi
    sleep 0.2
  done
  rm -f "$name.initramfs"
  if [[ $variant == v1 ]]; then
    python3 tests/kernels/truth.py --refusal v1 "$name.console" >"$name.row"
  elif grep -aq '^guest: traffic ends' "$name.console"; then
    python3 tests/kernels/truth.py "$(sed -n 's/^  dashboard  \([^ ]*\).*/\1/p' "$name.operator")" "$(release_of "$kernel")" "$variant" "$name.console" "$settle_seconds" >"$name.row"
  else
    { printf '%s\n' "the scenarios did not come to their end:"; grep -a '^guest:\|^agent:\|anic' "$name.console" | tail -n 25; cat "$name.qemu"; } >"$name.row"
    return 1
  fi
}

# try_all: as many machines at a time as there are processors.
try_all() {
  local kernel variant running=0
  for variant in "${variants[@]}"; do
    for kernel in "${wanted[@]}"; do
      ((running < $(nproc))) || { wait -n || true; running=$((running - 1)); }
      (try "$kernel" "$variant" && : >"$results/$kernel-$variant.passed") &
      running=$((running + 1))
    done
  done
  wait
}

declare -A described=([v2]='cgroup v2' [hybrid]='v2 beside v1' [no-btf]='BTF hidden' [lockdown]='lockdown=confidentiality' [v1]='cgroup v1 alone')

# table: a row for each machine; prints what was wrong to standard error.
table() {
  local kernel variant name
  printf '| kernel | | connect4/6, sockops | BTF offsets | process in callbacks | network namespaces | iterators | open connections | cgroup_skb, UDP | connect_unix | old connections | counts exact | failures by reason |\n'
  printf '|---|---|---|---|---|---|---|---|---|---|---|---|---|\n'
  for kernel in "${wanted[@]}"; do
    for variant in "${variants[@]}"; do
      name=$results/$kernel-$variant
      if [[ ! -e $name.passed ]]; then
        { printf '%s, %s:\n' "$(<"$kernels/$kernel/version")" "${described[$variant]}" && cat "$name.row" 2>/dev/null; } | sed '2,$s/^/  | /' >&2
      fi
      if [[ $variant == v1 ]]; then
        printf '| %s | %s | %s |\n' "$(<"$kernels/$kernel/version")" "${described[$variant]}" \
          "$([[ -e $name.passed ]] && echo 'refused, in one line' || echo '**failed**')$(printf ' |%.0s' {1..10})"
      else
        printf '| %s | %s | %s |\n' "$(<"$kernels/$kernel/version")" "${described[$variant]}" \
          "$(head -n 1 "$name.row" | cut -d '|' -f 1-11)$([[ -e $name.passed ]] || echo ' **failed**')"
      fi
    done
  done
}

make_run_directory
"$scripts/install-prerequisites.sh" "$prerequisites"
fetch_all
[[ -z $only_fetch ]] || exit 0
TENDRIL_ARM64_LIBRARIES=$kernels/libraries "$scripts/build.sh" "$agent" operator
make_root
say "booting ${wanted[*]}, ${#variants[@]} times each"
try_all
passed=$(find "$results" -name '*.passed' | wc -l)
failed=$((${#wanted[@]} * ${#variants[@]} - passed))
table >"$results/table.md"
cat "$results/table.md"
[[ -z $whole ]] || { printf '\nMeasured on %s by scripts/kernel-matrix.sh.\n\n' "$(date -u +%F)" && cat "$results/table.md" && echo; } | write_between "$page" table
printf 'kernels_passed=%d kernels_failed=%d\n' "$passed" "$failed"
exit "$((failed > 0))"
