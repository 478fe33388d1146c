#!/usr/bin/env bash
# Measures the dashboard in headless Chromium on this machine's CPU, and writes the figures into docs/dashboard.md. Wants a quiet machine.
#
#   scripts/bench-dashboard.sh                   about ten minutes
#   scripts/bench-dashboard.sh --quick           at most four, with fewer repeats
#   scripts/bench-dashboard.sh --soak 60         also how the heap grows in an hour with 1,000 services live
#
# Installs and builds what is missing first. Ends with one line of the figures that matter most.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

options=()
while (($# > 0)); do
  case $1 in
    --quick) options+=(--quick) ;;
    --soak)
      [[ ${2:-} =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "--soak wants a number of minutes."
      options+=(--soak "$2")
      shift
      ;;
    -h | --help) show_help && exit ;;
    *) die "'$1' is not an option; there are --quick and --soak MINUTES." ;;
  esac
  shift
done

page=docs/dashboard.md built=$artifacts/dashboard
declare -A value=()

# The page of these sources, whatever dashboard/dist holds.
build_page() {
  [[ -d dashboard/node_modules ]] || npm --prefix dashboard ci --no-audit --no-fund >"$logs/npm-ci.log" 2>&1 || die "npm ci failed; $logs/npm-ci.log has everything."
  npm --prefix dashboard run build -- --outDir "$built" --emptyOutDir >"$logs/build-dashboard.log" 2>&1 || {
    tail -n 20 "$logs/build-dashboard.log" | sed 's/^/  | /' >&2
    die "the dashboard did not build; $logs/build-dashboard.log has everything."
  }
}

measure() {
  local log=$logs/bench-dashboard.log line pair
  : >"$log"
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    for pair in $(grep -oE '\b[a-z_0-9]+=-?[0-9.]+' <<<"$line"); do
      value[${pair%%=*}]=${pair#*=}
      say "  ${pair/=/ = }"
    done
  done < <(TENDRIL_DIST=$built node dashboard/bench/bench-dashboard.mjs "${options[@]}" 2>&1 </dev/null || echo failed)
  [[ $(tail -n 1 "$log") != failed ]] || {
    tail -n 20 "$log" | sed 's/^/  | /' >&2
    die "a measurement failed; the end of $log is above. $page is as it was."
  }
}

# row WHAT NAME UNIT GOAL
row() {
  local figure=${value[$2]:-}
  [[ -z $figure || -z ${value[$2_lowest]:-} ]] || figure+=" (${value[$2_lowest]} to ${value[$2_highest]})"
  [[ -z $figure || -z ${value[$2_cpu]:-} ]] || figure+=" (${value[$2_cpu]} of CPU time)"
  printf '| %s | %s | %s |\n' "$1" "${figure:-not measured}${figure:+$3}" "$4"
}

table() {
  local cpu; cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
  cat <<MARKDOWN

Measured on $(date -u +%F) at commit $(commit dashboard/src dashboard/bench dashboard/dev) by \`scripts/bench-dashboard.sh${options[*]:+ ${options[*]}}\`: ${cpu:-$(uname -m)}, $(nproc) cores,
no GPU, kernel $(uname -r), $(chromium_version), $(node --version | sed 's/^v/Node /'), 1600 x 900 px. Load average at the start: $load$([[ -z $noisy ]] || printf ' (**not quiet**: something else ran, and the times are worse than they need be)').
The fleets are made up (\`dashboard/dev/generate-graph.mjs\`), with 2.5 dependencies a service; each load is by a fresh browser, which has been given a moment to start.

| what | measured | goal |
|---|---|---|
MARKDOWN
  row "layout of 1,000 services, the first of a worker just loaded" layout_1000_ms " ms" "≤ 40 ms"
  row "layout of 5,000 services, likewise" layout_5000_ms " ms" "≤ 150 ms"
  row "layout of 1,000 services while the page draws itself for the first time" layout_in_page_1000_ms " ms" ""
  row "layout of 5,000 services, likewise" layout_in_page_5000_ms " ms" ""
  row "panning and zooming all of 1,000 services, 2,500 dependencies" fps_1000 " frames a second" ""
  row "Cytoscape.js (canvas) on the same at the same places" cytoscape_fps_1000 " frames a second" "the peer"
  row "panning and zooming all of 2,000 services, 5,000 dependencies" fps_2000 " frames a second" "≥ 50"
  row "panning and zooming all of 5,000 services, 12,500 dependencies" fps_5000 " frames a second" "≥ 40"
  row "farthest move outside its group when one service comes to 499" moved_px " px" "0 px"
  row "first map of 200 services after navigation" first_map_ms " ms" "≤ 800 ms"
  row "script and style of the first load, brotli" bundle_kb " KB" "≤ 75 KB"
  row "longest main-thread task, 1,000 services live at 1 Hz" longest_task_ms " ms" "≤ 50 ms"
  row "the same with every service on the map (\`expand\`)" longest_task_expanded_ms " ms" "≤ 50 ms"
  [[ -z ${value[heap_growth_mb]:-} ]] || row "heap growth in ${options[-1]} minutes of that" heap_growth_mb " MB" "≤ 20 MB in an hour"
  printf '\n'
}

chromium_version() {
  local program
  for program in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [[ $program ]] && command -v "$program" >/dev/null || continue
    "$program" --version 2>/dev/null | grep -oE '(Chromium|Chrome) [0-9.]+' && return
  done
}

make_run_directory
mkdir -p "$artifacts"
load=$(cut -d ' ' -f 1 /proc/loadavg)
noisy=$(awk -v average="$load" 'BEGIN { if (average > 1) print "yes" }')
[[ -z $noisy ]] || say "warning: the load average is $load. Frames will be fewer and times longer than on a quiet machine."
"$scripts/install-prerequisites.sh" --page
build_page
measure
[[ -s $page ]] || printf '# The dashboard, measured\n' >"$page"
grep -q '^<!-- bench table -->$' "$page" || printf '\n## What it costs\n\n<!-- bench table -->\n<!-- end of bench table -->\n' >>"$page"
table | write_between "$page" "bench table"
say "wrote $page"
line=
names=(layout_1000_ms layout_5000_ms fps_2000 fps_5000 cytoscape_fps_1000 moved_px first_map_ms bundle_kb longest_task_ms)
for name in "${names[@]}"; do
  line+=" $name=${value[$name]:-none}"
done
[[ -z ${value[heap_growth_mb]:-} ]] || say "heap_growth_mb=${value[heap_growth_mb]}"
say "${line# }"
