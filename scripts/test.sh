#!/usr/bin/env bash
# Builds everything, runs every test there is and ends with "N passed, N failed, N skipped". Exit code 1 when any failed or nothing ran.
#
#   scripts/test.sh          all of it; the kernel's and the end-to-end tests want root
#   scripts/test.sh --fast   without the kernel's, other kernels', the end-to-end and the dashboard's tests
#
# Reports are in artifacts/test-results/, logs in .run/logs/.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

fast=
case ${1:-} in
  '') ;;
  --fast) fast=yes ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is --fast." ;;
esac

results=$artifacts/test-results
passed=0 failed=0 skipped=0

# count WHAT PASSED FAILED SKIPPED: adds up and says so in a line.
count() {
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  say "$1: $2 passed, $3 failed, $4 skipped"
}

# attribute FILE NAME: of the report's one <Counters> element.
attribute() { sed -n "s/.*<Counters[^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# check NAME COMMAND...: one more thing that can pass or fail, quiet unless it fails.
check() {
  local name=$1
  shift
  if "$@" >"$logs/test-$name.log" 2>&1 </dev/null; then
    count "$name" 1 0 0
  else
    tail -n 40 "$logs/test-$name.log" | sed 's/^/  | /'
    count "$name" 0 1 0
  fi
}

test_project() {
  local project=$1 name report options=() total good bad code=0
  name=$(basename "$project")
  report=$results/$name.trx
  [[ -z $fast ]] || options=(--filter-not-trait Category=Kernel --filter-not-trait Category=EndToEnd)
  dotnet test --project "$project" -c Release --no-build --results-directory "$results" --report-xunit-trx --report-xunit-trx-filename "$name.trx" \
    "${options[@]}" >"$logs/test-$name.log" 2>&1 </dev/null || code=$?
  if [[ ! -s $report || -z $(attribute "$report" total) ]]; then
    # 8: "zero tests ran", which is right when --fast leaves none.
    [[ -z $fast || $code != 8 ]] || { count "$name" 0 0 0 && return; }
    tail -n 40 "$logs/test-$name.log" | sed 's/^/  | /'
    count "$name (it wrote no report)" 0 1 0
    return
  fi

  total=$(attribute "$report" total) good=$(attribute "$report" passed) bad=$(($(attribute "$report" failed) + $(attribute "$report" error)))
  # The runner fails for more than failed tests (a crash at the end, nothing to run): that must not pass for success.
  if ((bad == 0 && code != 0)) && ! [[ $fast && $total == 0 ]]; then
    bad=1
  fi
  ((bad == 0)) || grep -E -A 12 '^ *(failed|error|Unhandled)' "$logs/test-$name.log" | head -n 200 | sed 's/^/  | /' || true
  count "$name" "$good" "$bad" "$((total > good + bad ? total - good - bad : 0))"
}

contents() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }

test_dashboard() {
  local node=0 report=$results/dashboard.json before
  ! command -v node >/dev/null || node=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  if ((node < 18)) || ! command -v npm >/dev/null; then
    say "dashboard: its tests need Node 18 or newer, which this system's packages do not have"
    count dashboard 0 0 1
    return
  fi

  check dashboard-install npm --prefix dashboard ci --no-audit --no-fund
  check dashboard-check npm --prefix dashboard run check
  rm -f "$report"
  if npm --prefix dashboard test -- --reporter=json --outputFile="$report" >"$logs/test-dashboard.log" 2>&1 </dev/null && [[ -s $report ]]; then
    count dashboard "$(vitest_count numPassedTests)" 0 "$(($(vitest_count numPendingTests) + $(vitest_count numTodoTests)))"
  elif [[ -s $report && $(vitest_count numFailedTests) -gt 0 ]]; then
    tail -n 60 "$logs/test-dashboard.log" | sed 's/^/  | /'
    count dashboard "$(vitest_count numPassedTests)" "$(vitest_count numFailedTests)" "$(vitest_count numPendingTests)"
  else
    tail -n 60 "$logs/test-dashboard.log" | sed 's/^/  | /'
    count "dashboard (its tests did not run to the end)" 0 1 0
  fi

  before=$(contents dashboard/dist)
  check dashboard-build npm --prefix dashboard run build
  check dashboard-dist-is-committed diff <(printf '%s\n' "$before") <(contents dashboard/dist)
}

# Other kernels, in QEMU; 77: they could not be fetched, which is no fault of the agent.
test_kernels() {
  local code=0 line
  "$scripts/kernel-matrix.sh" --quick >"$logs/test-kernels.log" 2>&1 </dev/null || code=$?
  line=$(grep '^kernels_passed=' "$logs/test-kernels.log" || true)
  if [[ $code == 77 ]]; then
    say "kernels: they could not be fetched from Debian, so none was tried"
    count kernels 0 0 1
  elif [[ $line =~ ^kernels_passed=([0-9]+)\ kernels_failed=([0-9]+)$ ]] && ((code == 0 || BASH_REMATCH[2] > 0)); then
    ((code == 0)) || tail -n 60 "$logs/test-kernels.log" | sed 's/^/  | /'
    count kernels "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" 0
  else
    tail -n 60 "$logs/test-kernels.log" | sed 's/^/  | /'
    count "kernels (they were not tried)" 0 1 0
  fi
}

vitest_count() { grep -o "\"$1\":[0-9]*" "$report" | head -n 1 | grep -o '[0-9]*$' || printf '0\n'; }

make_run_directory
rm -rf "$results"
mkdir -p "$results"
"$scripts/install-prerequisites.sh" --demo --test
"$scripts/build.sh"
say "building the tests"
dotnet build Tendril.slnx -c Release -v quiet --nologo >"$logs/build-tests.log" 2>&1 || {
  grep -E 'error|warning' "$logs/build-tests.log" | sort -u | head -n 40 | sed 's/^/  | /'
  say "0 passed, 1 failed, 0 skipped"
  exit 1
}

export TENDRIL_CLI=$artifacts/cli/tendril TENDRIL_ARTIFACTS=$artifacts
for project in tests/*.Tests; do
  [[ -e $project/$(basename "$project").csproj ]] || continue
  [[ -z $fast || $project != *.EndToEnd.Tests ]] || continue
  test_project "$project"
done
[[ $fast || ! -e dashboard/package.json ]] || test_dashboard
[[ $fast ]] || test_kernels
check format dotnet format Tendril.slnx --verify-no-changes --no-restore

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0 && passed > 0))
