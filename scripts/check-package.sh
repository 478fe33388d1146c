#!/usr/bin/env bash
# Tries the packages as somebody would who has nothing but them: installs the Debian package in a bare system of its own (debootstrap), runs
# its programs there on this kernel with the rights that its units give, removes it again, and runs the images' programs. Then boots that system in
# QEMU, with Debian's own kernel, and takes the package through its life under systemd (tests/systemd). Needs root.
#
#   sudo scripts/check-package.sh
#
# Makes the packages first. Ends with "N passed, N failed, N skipped". The bare system is kept in .run/ for the next time.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

case ${1:-} in
  '') ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is none." ;;
esac
((EUID == 0)) || die "a system in a folder needs root: run 'sudo $0'."

package=$artifacts/package bare=$run/bare system=$run/system
kernel=6.1 kernels=${TENDRIL_KERNELS:-$run/kernels}/amd64 machine_seconds=900
passed=0 failed=0 skipped=0
# What systemd-analyze may find at most, of 10; measured: 2.9 and 1.3 on systemd 252.
agent_exposure=3.0 operator_exposure=1.5

# check WHAT COMMAND...: quiet unless it fails.
check() {
  local what=$1
  shift
  if "$@" >"$logs/check-package.log" 2>&1 </dev/null; then
    passed=$((passed + 1))
    say "  ok: $what"
  else
    failed=$((failed + 1))
    say "  FAILED: $what"
    tail -n 30 "$logs/check-package.log" | sed 's/^/  | /'
  fi
}

skip() {
  skipped=$((skipped + 1))
  say "  skipped: $1"
}

make_bare_system() {
  local suite openssl=libssl3
  suite=$(. /etc/os-release && printf '%s\n' "$VERSION_CODENAME")
  [[ $suite == bookworm || $suite == jammy ]] || openssl=libssl3t64
  [[ ! -e $bare.$suite-systemd ]] || return 0
  say "making a bare $suite"
  rm -rf "$bare"
  debootstrap --variant=minbase --include="$openssl,systemd-sysv" "$suite" "$bare" >"$logs/debootstrap.log" 2>&1 || {
    tail -n 20 "$logs/debootstrap.log" | sed 's/^/  | /' >&2
    die "no bare system could be made; the end of $logs/debootstrap.log is above."
  }
  touch "$bare.$suite-systemd"
}

# With exec=exec a function that runs in the background becomes the command, so that its pid is the command's.
exec=''
# inside COMMAND...: in the installed system, with this kernel's /proc and /sys; the mounts end with the command.
inside() { in_tree "$system" "$@"; }
in_tree() {
  local tree=$1
  shift
  # shellcheck disable=SC2016 # the inner shell's
  $exec unshare --mount --propagation private sh -c '
    mkdir -p "$0/proc" "$0/sys" "$0/dev" && mount --rbind /proc "$0/proc" && mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' "$tree" "$@"
}

# unit NAME KEY: the values of a unit's setting, as installed.
unit() { sed -n "s/^$2=//p" "$system/usr/lib/systemd/system/$1.service"; }

# as_unit NAME COMMAND...: with the rights that the unit gives: another account, its capabilities and no more.
as_unit() {
  local capabilities; capabilities="-all$(unit "$1" AmbientCapabilities | tr ' ' '\n' | sed 's/^CAP_/,+/' | tr -d '\n' | tr '[:upper:]' '[:lower:]')"
  shift
  inside setpriv --reuid=61001 --regid=61001 --clear-groups --no-new-privs --inh-caps="$capabilities" --ambient-caps="$capabilities" --bounding-set="$capabilities" -- "$@"
}

install_it() { inside dpkg --install /tendril.deb; }

# It asks for nothing, is not started and leaves no account behind: its units have passing ones.
starts_nothing() { [[ -z $(find "$system/etc/systemd" -name '*tendril*') ]] && ! grep tendril "$system/etc/passwd"; }

tells_versions() {
  local program
  for program in tendril tendril-agent tendril-operator; do
    inside "$program" --version | grep -F "$version" || return 1
  done
}

has_manuals() {
  local page
  for page in man1/tendril.1 man8/tendril-agent.8 man8/tendril-operator.8; do
    gzip -dc "$system/usr/share/man/$page.gz" | grep -F '.SH DESCRIPTION' || return 1
  done
}

exposure() { systemd-analyze security --offline=yes --no-pager --threshold="$(tr -d . <<<"$2")" "$system/usr/lib/systemd/system/$1.service"; }

# The units' programs are looked for where they will be: this system has none of them.
verify_units() {
  local units=$run/units
  rm -rf "$units"
  mkdir "$units"
  cp "$system"/usr/lib/systemd/system/tendril-*.service "$units/"
  sed -i "s:^ExecStart=/usr/sbin/:ExecStart=$system/usr/sbin/:; /^Documentation=/d" "$units"/*
  ! systemd-analyze verify --man=no --recursive-errors=no "$units"/*.service 2>&1 | grep -F "$units"
}

start_operator() {
  # As systemd makes it, of StateDirectory.
  install -d -m 700 -o 61001 -g 61001 "$system/var/lib/$(unit tendril-operator StateDirectory)" || return 1
  exec=exec as_unit tendril-operator tendril-operator --config /etc/tendril/operator.ini --http 127.0.0.1:0 --grpc 127.0.0.1:0 >"$logs/package-operator.log" 2>&1 &
  children+=($!)
  wait_for grep -q '^  agents' "$logs/package-operator.log" || { cat "$logs/package-operator.log" && return 1; }
  http=$(sed -n 's:^  dashboard *http.*\:\([0-9]*\)/ .*:\1:p' "$logs/package-operator.log")
  grpc=$(sed -n 's/^  agents *//p' "$logs/package-operator.log")
}

start_agent() {
  exec=exec as_unit tendril-agent tendril-agent --cgroup "${cgroup##*/}" --operator "http://$grpc" >"$logs/package-agent.log" 2>&1 &
  children+=($!)
  wait_for grep -q 'attached to' "$logs/package-agent.log" || { cat "$logs/package-agent.log" && return 1; }
}

wait_for() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    ((SECONDS < deadline)) && kill -0 "${children[@]}" || return 1
    sleep 0.2
  done
}

is_healthy() { http_get "$http" /health | grep -F '"healthy"'; }
is_connected() { http_get "$http" /api/dependency-graph | grep '"connected": *true'; }

# Five connections of one program with itself, inside the cgroup.
make_connections() {
  # shellcheck disable=SC2016 # the inner shell's
  sh -c 'echo $$ >"$0/cgroup.procs" && exec python3 -c "$1"' "$cgroup" '
import socket
server = socket.create_server(("127.0.0.1", 0))
for _ in range(5):
    client = socket.create_connection(server.getsockname())
    server.accept()[0].close()
    client.close()'
}
has_counted() { http_get "$http" /api/dependency-graph | tr -d ' ' | grep '"connectionsOpened":5'; }

# What it remembers is the unit's alone, and there.
has_remembered() {
  local memory=$system/var/lib/tendril-operator/memory.db
  [[ $(stat -c '%a %u' "$memory") == '600 61001' ]] && http_get "$http" /metrics | grep '^tendril_memory_failed_saves_total 0$'
}

ends_well() {
  local pid
  for pid in "${children[@]}"; do
    kill "$pid"
    wait "$pid" || return 1
  done
  children=()
}

remove_it() { inside dpkg --purge tendril; }
left_nothing() { [[ -z $(find "$system" -name '*tendril*' -not -path '*/proc/*' -not -name tendril.deb -not -path "$system/var/log/*" -not -path "$system/var/cache/*" -print) ]]; }

# run_image NAME: unpacks the layer that its manifests lead to, checking every digest, and asks the program for its version.
run_image() {
  local image=$run/image tree=$run/image-tree blobs=$run/image/blobs/sha256 blob manifest layer
  rm -rf "$image" "$tree"
  mkdir "$image" "$tree"
  tar -C "$image" -xf "$package/tendril-$1_${version}_"*.oci.tar
  for blob in "$blobs"/*; do
    [[ $(sha256sum "$blob" | cut -d ' ' -f 1) == "${blob##*/}" ]] || return 1
  done
  manifest=$(grep -o 'sha256:[0-9a-f]*' "$image/index.json" | cut -d : -f 2)
  layer=$(grep -o 'sha256:[0-9a-f]*' "$blobs/$manifest" | tail -n 1 | cut -d : -f 2)
  tar -C "$tree" -xf "$blobs/$layer"
  in_tree "$tree" "/usr/bin/tendril-$1" --version | grep -F "$version" || return 1
  rm -rf "$image" "$tree"
}

# fill_machine TREE: what the machine boots: the bare system, without what nobody reads there, the package and what tries it.
fill_machine() {
  local tree=$1 units=$1/etc/systemd/system
  cp -a --reflink=auto "$bare" "$tree"
  rm -rf "$tree"/usr/share/{doc,locale,man,i18n} "$tree"/var/{cache,lib/apt}
  mkdir -p "$tree/var/cache" "$units/multi-user.target.wants"
  install -D -t "$tree/check" tests/systemd/{check.sh,start.sh,shop.pl}
  install -m 644 -t "$units" tests/systemd/*.service
  ln -s ../check.service "$units/multi-user.target.wants/"
  cp "$deb" "$tree/check/tendril.deb"
}

# boot_machine: until it has powered itself off. What its checks said is in $console then.
boot_machine() {
  local tree=$run/machine image=$run/machine.initramfs
  rm -rf "$tree"
  fill_machine "$tree" && (cd "$tree" && find . | cpio -o -H newc --quiet) >"$image" && rm -rf "$tree" || return 1
  : >"$console"
  # no_timer_check: an emulated timer that is late on a busy machine is not broken.
  timeout --kill-after=5 "$machine_seconds" qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 1536 -nodefaults -nographic -no-reboot -serial "file:$console" \
    -kernel "$kernels/$kernel/vmlinuz" -initrd "$image" \
    -append 'rdinit=/check/start.sh console=ttyS0 quiet panic=-1 no_timer_check systemd.mask=serial-getty@ttyS0.service'
  rm -f "$image"
  grep -aq '^end of the checks' "$console" || { tail -n 20 "$console" && return 1; }
}

# count_machine: a line of its console for each check, and under one that failed, why.
count_machine() {
  local line why=''
  while IFS= read -r line; do
    case $line in
      'ok: '*) passed=$((passed + 1)) why='' && say "  ok: under systemd: ${line#*: }" ;;
      'FAILED: '*) failed=$((failed + 1)) why=yes && say "  FAILED: under systemd: ${line#*: }" ;;
      *) [[ -z $why ]] || printf '  | %s\n' "$line" ;;
    esac
  done < <(tr -d '\r' <"$console")
}

try_under_systemd() {
  local code=0
  [[ $(uname -m) == x86_64 ]] || { skip 'under systemd: the machine that is booted is x86_64, this one is not' && return; }
  "$scripts/kernel-matrix.sh" --only "$kernel" --fetch || code=$?
  if [[ $code == 77 ]]; then
    skip "under systemd: Debian's kernel cannot be fetched" && return
  fi
  check 'a machine boots it, with systemd' boot_machine
  count_machine
}

clean_up() {
  local pid
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  [[ -z $cgroup || ! -d $cgroup ]] || rmdir "$cgroup" || true
  rm -rf "$system" "$run/units" "$run/image" "$run/image-tree" "$run/machine" "$run/machine.initramfs"
}

make_run_directory
"$scripts/install-prerequisites.sh" --package
"$scripts/package.sh"
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
deb=$(echo "$package"/tendril_*.deb)
console=$logs/package-machine.log children=() cgroup='' http='' grpc=''
trap clean_up EXIT
make_bare_system
rm -rf "$system"
cp -a --reflink=auto "$bare" "$system"
cp "$deb" "$system/tendril.deb"

if command -v lintian >/dev/null; then
  check 'lintian finds no error and no warning' lintian --fail-on error,warning --suppress-tags-from-file deploy/debian/lintian-ignored "$deb"
else
  skip 'lintian is not installed'
fi
check 'it installs in a bare system' install_it
check 'the installation starts nothing and makes no account' starts_nothing
check 'its programs run there' tells_versions
check 'it has manual pages' has_manuals
if command -v systemd-analyze >/dev/null && systemd-analyze --help | grep -q -- --offline; then
  check 'systemd takes the units as they are' verify_units
  check "the agent's unit is exposed by at most $agent_exposure" exposure tendril-agent "$agent_exposure"
  check "the operator's unit is exposed by at most $operator_exposure" exposure tendril-operator "$operator_exposure"
else
  skip 'systemd-analyze is not here, or too old to check units offline (250)'
fi

cgroup=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' /proc/self/mountinfo)/tendril-package-$$
mkdir "$cgroup"
check 'the operator starts with the rights of its unit' start_operator
check 'the operator says that it is well' wait_for is_healthy
check 'the agent attaches with the rights of its unit' start_agent
check 'the agent is connected to the operator' wait_for is_connected
check 'connections are made' make_connections
check 'they are counted exactly' wait_for has_counted
check 'the operator remembers them, in a file of its own' wait_for has_remembered
check 'both end well when told to' ends_well
check 'it can be removed' remove_it
check 'nothing of it is left' left_nothing
check "the agent's image runs" run_image agent
check "the operator's image runs" run_image operator
try_under_systemd
say "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
