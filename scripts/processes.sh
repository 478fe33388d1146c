# shellcheck shell=bash
# Sourced by the scripts beside it: says where things are, and starts, watches and stops background processes.
# A process NAME is known by .run/NAME.pid, which holds its pid and start time: a pid the kernel gave to somebody else since is never taken for ours.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
run=$root/.run
logs=$run/logs
artifacts=$root/artifacts
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Prints the comment at the top of the calling script, which is its help.
show_help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# make_run_directory: not readable by others, as passwords of the demo's databases are in it; databases need to pass through it.
make_run_directory() {
  mkdir -p "$run" "$logs"
  chmod 711 "$run"
  chmod 700 "$logs"
}

# start_time PID: in clock ticks since boot; fails when there is no such process or it is a zombie.
start_time() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z ]] && printf '%s\n' "${fields[19]}"
}

# pid_of NAME: prints the pid when that very process is alive.
pid_of() {
  local pid started
  [[ -r $run/$1.pid ]] && read -r pid started <"$run/$1.pid" || return 1
  [[ $(start_time "$pid") == "$started" ]] && printf '%s\n' "$pid"
}

# start NAME COMMAND...: in the background, in its own session, output to .run/logs/NAME.log.
start() {
  local name=$1 pid started
  shift
  setsid "$@" >"$logs/$name.log" 2>&1 </dev/null &
  pid=$!
  started=$(start_time "$pid") || started=gone
  printf '%s %s\n' "$pid" "$started" >"$run/$name.pid"
}

# stop NAME [SIGNAL]: asks, waits up to 10 s, then kills.
stop() {
  local name=$1 signal=${2:-TERM} pid i
  if pid=$(pid_of "$name"); then
    kill -s "$signal" "$pid" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do
      pid_of "$name" >/dev/null || break
      sleep 0.1
    done
    if pid=$(pid_of "$name"); then
      say "$name did not end within 10 s and was killed"
      kill -s KILL "$pid" 2>/dev/null || true
    else
      say "stopped $name"
    fi
  fi
  rm -f "$run/$name.pid"
}

# wait_until SECONDS NAME CONDITION...: until the condition holds; fails with the log's end when NAME ends first or time is up.
wait_until() {
  local seconds=$1 name=$2 deadline
  shift 2
  deadline=$((SECONDS + seconds))
  until "$@"; do
    if ! pid_of "$name" >/dev/null; then
      show_log "$name" "$name ended instead of starting"
    elif ((SECONDS >= deadline)); then
      show_log "$name" "$name was not ready within $seconds s"
    fi
    sleep 0.2
  done
}

show_log() {
  tail -n 20 "$logs/$1.log" | sed 's/^/  | /' >&2
  die "$2; the end of $logs/$1.log is above. scripts/stop-all.sh stops what was started."
}

# listener PORT: the socket's inode; fails when nobody listens on the TCP port. Reads /proc, as a connection would be seen in the graph.
listener() {
  local hex
  printf -v hex ':%04X' "$1"
  { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || true; } |
    awk -v port="$hex" '!inode && $4 == "0A" && substr($2, length($2) - 4) == port { inode = $10 } END { if (inode) print inode; else exit 1 }'
}

is_listening() { listener "$1" >/dev/null; }

# require_free PORT WHAT: tells who holds the port when it is taken.
require_free() {
  local inode holder pid
  inode=$(listener "$1") || return 0
  # find fails on processes that end while it looks; that is no fault.
  holder=$({ find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null || true; } | head -n 1)
  pid=${holder#/proc/}
  pid=${pid%%/*}
  holder=${pid:+"$(cat "/proc/$pid/comm") (pid $pid)"}
  die "port $1, which $2 needs, is held by ${holder:-a process of another user}. End it, then try again."
}

# http_get PORT PATH: the answer of a server on 127.0.0.1, headers included; needs no curl.
http_get() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3
    timeout 10 cat <&3
  ) 2>/dev/null
}

# run_long_test NAME METHOD LAST VARIABLE=VALUE...: one of tests/Tendril.EndToEnd.Tests with the programs as they are shipped, which tells in
# artifacts/NAME/log.txt how it goes. Shows that as it grows, fails as the test does, and when no line as LAST came.
run_long_test() {
  local name=$1 method=$2 last=$3 project=tests/Tendril.EndToEnd.Tests told=$artifacts/$1/log.txt code=0 pid
  shift 3
  ((EUID == 0)) || die "the agent attaches to the kernel, which needs root: run 'sudo $0'."
  make_run_directory
  "$scripts/install-prerequisites.sh" --test
  "$scripts/build.sh" agent operator
  dotnet build "$project" -c Release -v quiet --nologo >"$logs/build-$name.log" 2>&1 || {
    grep -E 'error|warning' "$logs/build-$name.log" | sort -u | head -n 20 | sed 's/^/  | /' >&2
    die "the test did not build; $logs/build-$name.log has everything."
  }
  mkdir -p "${told%/*}"
  : >"$told"
  env "$@" TENDRIL_AGENT="$artifacts/agent/tendril-agent" TENDRIL_OPERATOR="$artifacts/operator/tendril-operator" TENDRIL_ARTIFACTS="$artifacts" CI=true \
    dotnet "$project/bin/Release/net10.0/Tendril.EndToEnd.Tests.dll" --filter-method "$method" >"$logs/$name.log" 2>&1 </dev/null &
  pid=$!
  tail -n +1 -f --pid="$pid" "$told" 2>/dev/null
  wait "$pid" || code=$?
  grep -q "$last" "$told" || {
    tail -n 40 "$logs/$name.log" | sed 's/^/  | /' >&2
    die "it did not come to its end; $logs/$name.log has everything."
  }
  return "$((code != 0))"
}

# commit PATH...: which one is measured, and whether there is more than it in these.
commit() {
  local name; name=$(git -c safe.directory="$root" rev-parse --short HEAD 2>/dev/null) || { echo "not in git" && return; }
  git -c safe.directory="$root" diff --quiet HEAD -- "$@" 2>/dev/null || name+=" with changes"
  printf '%s\n' "$name"
}

# write_between PAGE NAME: replaces what is between <!-- NAME --> and <!-- end of NAME --> in a page by what comes on standard input.
write_between() {
  local page=$1 name=$2 new
  grep -q "^<!-- $name -->\$" "$page" && grep -q "^<!-- end of $name -->\$" "$page" || die "$page has lost its marks, '<!-- $name -->' and '<!-- end of $name -->'."
  new=$(mktemp)
  cat >"$new"
  awk -v new="$new" -v from="<!-- $name -->" -v until="<!-- end of $name -->" '
    $0 == until { inside = 0 }
    !inside { print }
    $0 == from { inside = 1; while ((getline line < new) > 0) print line }' "$page" >"$new.page"
  cat "$new.page" >"$page"
  rm "$new" "$new.page"
}
