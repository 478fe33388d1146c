#!/usr/bin/env bash
# Measures how right the map is: runs scenarios with real programs whose graph is known beforehand, compares whole graphs, and writes the
# table into docs/accuracy.md. Needs root.
#
#   sudo scripts/accuracy.sh                    all scenarios, some minutes
#   sudo scripts/accuracy.sh --only '*Socket*'  those of classes whose full name fits; docs/accuracy.md stays as it is
#
# Installs and builds what is missing first. Ends with one line: scenarios=… precision=… recall=… names=… visible_p99_ms=…
# Exit code 1 when a graph was not as it should be.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

filter=()
case ${1:-} in
  '') ;;
  --only) filter=(--filter-class "${2:?--only wants a pattern, such as '*Socket*'}") ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is --only." ;;
esac
((EUID == 0)) || die "the agent attaches to the kernel, which needs root: run 'sudo $0${*:+ $*}'."

page=docs/accuracy.md project=tests/Tendril.Truth.Tests results=$artifacts/accuracy

build_suite() {
  "$scripts/build.sh" agent operator
  dotnet build "$project" -c Release -v quiet --nologo >"$logs/build-accuracy.log" 2>&1 || {
    grep -E 'error|warning' "$logs/build-accuracy.log" | sort -u | head -n 20 | sed 's/^/  | /' >&2
    die "the scenarios did not build; $logs/build-accuracy.log has everything."
  }
}

# figures: what the page is given.
figures() {
  printf '\nMeasured on %s at commit %s by `scripts/accuracy.sh`, on kernel %s with %s cores.\n\n' "$(date -u +%F)" "$(commit src bpf proto)" "$(uname -r)" "$(nproc)"
  cat "$results/table.md"
  printf '\n    %s\n\n' "$(<"$results/totals.txt")"
}

make_run_directory
"$scripts/install-prerequisites.sh" --test
build_suite
rm -rf "$results"
say "running the scenarios"
code=0
TENDRIL_AGENT=$artifacts/agent/tendril-agent TENDRIL_OPERATOR=$artifacts/operator/tendril-operator TENDRIL_ARTIFACTS=$artifacts \
  dotnet "$project/bin/Release/net10.0/Tendril.Truth.Tests.dll" "${filter[@]}" >"$logs/accuracy.log" 2>&1 </dev/null || code=$?
[[ -s $results/totals.txt ]] || {
  tail -n 40 "$logs/accuracy.log" | sed 's/^/  | /' >&2
  die "no scenario came to its end; $logs/accuracy.log has everything."
}
grep -o '"section":"[^"]*","scenario":"[^"]*"\|"differences":\[".*\]' "$results/results.jsonl" | grep -B 1 '^"differences"' | sed 's/^/  | /' || true
((code == 0)) || say "some graphs were not as they should be; $logs/accuracy.log has all that happened"
cat "$results/table.md"
[[ ${1:-} == --only ]] || figures | write_between "$page" table
cat "$results/totals.txt"
exit "$((code != 0))"
