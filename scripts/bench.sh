#!/usr/bin/env bash
# Measures what Tendril costs and how much it can take, and writes the figures into docs/performance.md. Needs root, and a quiet machine.
#
#   sudo scripts/bench.sh            about twelve minutes
#   sudo scripts/bench.sh --quick    at most five, with shorter runs
#
# Installs and builds what is missing first. Ends with one line of the figures that matter most.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

connection=(--rounds 30 --connections 5000) agent=(--seconds 60) ingest=(--seconds 30) mode=
case ${1:-} in
  '') ;;
  --quick) connection=(--rounds 12 --connections 5000) agent=(--seconds 10) ingest=(--seconds 10) mode=' --quick' ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is --quick." ;;
esac
((EUID == 0)) || die "the agent attaches to the kernel, which needs root: run 'sudo $0${*:+ $*}'."

page=docs/performance.md program=bench/Tendril.Benchmarks
declare -A value=()

# An agent that sees this script's connections already would slow the untraced ones too: every ratio would be wrong.
refuse_other_agents() {
  local cgroups agents
  cgroups=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' /proc/self/mountinfo)
  bpftool cgroup show "$cgroups$(sed -n 's/^0:://p' /proc/self/cgroup)" effective 2>/dev/null | grep -q sockops_tracker || return 0
  agents=$(pgrep -d ' ' -x tendril-agent || true)
  die "an agent of Tendril is attached already${agents:+ (pid $agents)} and would be measured too. scripts/stop-all.sh ends it, if start-tracking.sh began it; then try again."
}

build_benchmarks() {
  "$scripts/build.sh" agent operator
  dotnet build "$program" -c Release -v quiet --nologo >"$logs/build-bench.log" 2>&1 || {
    tail -n 20 "$logs/build-bench.log" | sed 's/^/  | /' >&2
    die "the benchmarks did not build; $logs/build-bench.log has everything."
  }
}

# measure NAME OPTIONS...: runs one benchmark and keeps every name=value it prints. Only dotnet gets the signal, and ends its children.
measure() {
  local log=$logs/bench-$1.log pair
  say "measuring: $1"
  timeout --foreground -k 15 900 dotnet "$program/bin/Release/net10.0/Tendril.Benchmarks.dll" "$@" >"$log" 2>&1 </dev/null || {
    tail -n 20 "$log" | sed 's/^/  | /' >&2
    die "the benchmark '$1' failed; the end of $log is above. $page is as it was."
  }
  for pair in $(grep -oE '\b[a-z_0-9]+=[0-9.]+' "$log"); do
    value[${pair%%=*}]=${pair#*=}
    say "  ${pair/=/ = }"
  done
}

# row WHAT NAME UNIT GOAL BENCHMARK
row() {
  local figure=${value[$2]:-}
  printf '| %s | %s | %s | `%s` |\n' "$1" "${figure:-not measured}${figure:+$3}" "$4" "$5"
}

table() {
  local cpu; cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
  cat <<MARKDOWN

Measured on $(date -u +%F) at commit $(commit src bpf bench proto) by \`scripts/bench.sh$mode\`: ${cpu:-$(uname -m)}, $(nproc) cores, kernel $(uname -r).
Load average at the start: $load$([[ -z $noisy ]] || printf ' (**not quiet**: something else ran, and the times are worse than they need be)').

| what | measured | goal | by |
|---|---|---|---|
MARKDOWN
  row "short connection, untraced" untraced_us " µs" "" connection
  row "the same, traced by the agent" traced_us " µs" "" connection
  row "traced against untraced" overhead_ratio "$(spread overhead_ratio)" "≤ 1.05" connection
  row "the same by CPU time of both ends" overhead_cpu_ratio "$(spread overhead_cpu_ratio)" "" connection
  row "traced with --without-packets, against untraced" without_packets_ratio "$(spread without_packets_ratio)" "≤ 1.05" connection
  row "programs on the same hooks that return at once, against untraced" floor_ratio "$(spread floor_ratio)" "the floor" connection
  row "time in the agent's BPF programs for it, both ends" bpf_us " µs in ${value[bpf_calls]:-?} calls" "" connection
  row "Debian's \`tcplife\` against untraced" tcplife_ratio "$(spread tcplife_ratio)" "the peer" connection
  row "the same by CPU time of both ends" tcplife_cpu_ratio "$(spread tcplife_cpu_ratio)" "the peer" connection
  row "agent, user CPU at 1,000 connections a second" agent_cpu_1k " % of a core" "" agent
  row "the same in the kernel" agent_system_cpu_1k " % of a core" "" agent
  row "agent, user CPU at 10,000 a second" agent_cpu_10k " % of a core" "≤ 0.5 % with the kernel's" agent
  row "the same in the kernel" agent_system_cpu_10k " % of a core" "" agent
  row "agent, user CPU at 20,000 a second${value[agent_rate_20k]:+ (reached: ${value[agent_rate_20k]})}" agent_cpu_20k " % of a core" "flat" agent
  row "the same in the kernel" agent_system_cpu_20k " % of a core" "flat" agent
  row "agent, resident memory, the most" agent_rss_mb " MiB" "≤ 20 MiB" agent
  row "agent, from its start until it counts" agent_attached_ms " ms" "≤ 150 ms" start
  row "the same until older connections are found and rights given up" agent_ready_ms " ms" "" start
  row "updates applied in process, one core" updates_per_s " a second" "≥ 1,000,000" graph
  row "memory for an edge" bytes_per_edge " bytes" "≤ 1,024" graph
  row "JSON of 10,000 nodes and 50,000 edges" snapshot_json_ms " ms" "≤ 200 ms" graph
  row "the graph stands still for the first save of 500,000 dependencies" take_whole_ms " ms" "" memory
  row "the same for a save in which all of them changed" take_all_ms " ms" "" memory
  row "the same for one in which 5,000 did, each 2 s at most" take_5000_ms " ms" "" memory
  row "the file for it" memory_bytes_per_dependency " bytes a dependency" "" memory
  row "reading it at the operator's start, and the graph there again" restored_ms " ms" "" memory
  row "updates over real gRPC, by the operator's CPU time" ingest_updates_per_core_s " a core and second" "" ingest
  row "the same, by the clock" ingest_updates_per_s " a second" "" ingest
  cat <<MARKDOWN

Each figure again, as root, with nothing else attached (after \`scripts/build.sh agent operator\`):

\`\`\`sh
alias bench='dotnet run -c Release --project $program --'
bench connection ${connection[*]}
bench agent ${agent[*]}
bench start
bench graph
bench memory
bench ingest ${ingest[*]}
\`\`\`

MARKDOWN
}

# spread NAME: the ratio's lowest and highest round, and a warning when tracing seems to make connections cheaper.
spread() {
  [[ -n ${value[$1_lowest]:-} ]] || return 0
  printf ' (%s to %s%s)' "${value[$1_lowest]}" "${value[$1_highest]}" "$(awk -v ratio="${value[$1]}" 'BEGIN { if (ratio < 1) print "; **below 1: noise, no result**" }')"
}

make_run_directory
load=$(cut -d ' ' -f 1 /proc/loadavg)
noisy=$(awk -v average="$load" 'BEGIN { if (average > 1) print "yes" }')
[[ -z $noisy ]] || say "warning: the load average is $load. Times will be longer than on a quiet machine, and vary; wait until it is below 1 for figures to keep."
"$scripts/install-prerequisites.sh" --bench
refuse_other_agents
for port in 18980 18951; do require_free "$port" "the benchmarks' own operator"; done
build_benchmarks
bpf_stats=$(</proc/sys/kernel/bpf_stats_enabled)
trap 'printf "%s\n" "$bpf_stats" >/proc/sys/kernel/bpf_stats_enabled' EXIT
measure graph
measure memory
measure connection "${connection[@]}"
measure agent "${agent[@]}"
measure start
measure ingest "${ingest[@]}"
table | write_between "$page" figures
say "wrote $page"
line=
for name in overhead_ratio tcplife_ratio agent_rss_mb agent_cpu_1k agent_cpu_20k updates_per_s bytes_per_edge; do
  line+=" $name=${value[$name]:-none}"
done
say "${line# }"
