#!/usr/bin/env bash
# Feeds hostile input to everything that reads what strangers wrote, guided by coverage; docs/fuzzing.md tells of the targets and what was found.
#
#   scripts/fuzz.sh                      every target, 10,000,000 inputs each: hours, at the lowest priority
#   scripts/fuzz.sh dns tls              these; --list tells which there are
#   scripts/fuzz.sh --inputs 100000      fewer or more of each target
#   scripts/fuzz.sh --minutes 5          no more than so long for each target
#   scripts/fuzz.sh --seed 2             other random numbers than the last time
#   scripts/fuzz.sh --keep               also keeps what reaches more in tests/corpus
#
# Findings are in artifacts/fuzz/findings: put the input into tests/corpus, where a test has it fail, and fix what it found.
# Where every target was tried, docs/fuzzing.md gets the figures.
# Ends with one line: targets=… inputs=… findings=…   Exit code 1 when anything was found.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

called="$*" inputs=10000000 options=() targets=() list=
while (($# > 0)); do
  case $1 in
    --inputs) inputs=${2:?--inputs wants a number} && shift ;;
    --minutes | --seed) options+=("$1" "${2:?$1 wants a number}") && shift ;;
    --keep) options+=("$1") ;;
    --list) list=yes ;;
    -h | --help) show_help && exit ;;
    -*) die "'$1' is not an option; there are --inputs, --minutes, --seed, --keep and --list." ;;
    *) targets+=("$1") ;;
  esac
  shift
done

page=docs/fuzzing.md project=bench/Tendril.Fuzz results=$artifacts/fuzz built=$artifacts/fuzz/bin

# A copy is instrumented: what was built for the tests stays as it is.
build() {
  dotnet build "$project" -c Release -v quiet --nologo >"$logs/build-fuzz.log" 2>&1 || {
    grep -E 'error|warning' "$logs/build-fuzz.log" | sort -u | head -n 20 | sed 's/^/  | /' >&2
    die "it did not build; $logs/build-fuzz.log has everything."
  }
  rm -rf "$built"
  mkdir -p "$results"
  cp -r "$project/bin/Release/net10.0" "$built"
  dotnet "$built/Tendril.Fuzz.dll" instrument "$built" >"$logs/instrument.log"
}

# table LINE...: of the lines that the targets ended with.
table() {
  printf '\nOn %s at commit %s by `scripts/fuzz.sh%s`, %s cores shared with others.\n\n' "$(date -u +%F)" "$tried" "${called:+ $called}" "$(nproc)"
  printf '| target | inputs | a second | pairs of blocks reached | inputs that reached something new | most memory for one | findings |\n|---|---|---|---|---|---|---|\n'
  printf '%s\n' "$@" | sed -E 's/^target=(\S+) inputs=(\S+) seconds=\S+ inputs_per_s=(\S+) edges=(\S+) known=(\S+) most_kib=(\S+) findings=(\S+)$/| `\1` | \2 | \3 | \4 | \5 | \6 KiB | \7 |/'
  echo
}

make_run_directory
tried=$(commit src bench proto)
build
mapfile -t known < <(dotnet "$built/Tendril.Fuzz.dll" list)
[[ -z $list ]] || { printf '%s\n' "${known[@]}" && exit; }
((${#targets[@]} > 0)) || targets=("${known[@]}")
rm -rf "$results/findings"

total=0 findings=0 lines=()
for target in "${targets[@]}"; do
  [[ " ${known[*]} " == *" $target "* ]] || die "there is no target '$target'; --list tells which there are."
  log=$logs/fuzz-$target.log code=0
  nice -n 19 dotnet "$built/Tendril.Fuzz.dll" "$target" tests/corpus "$results" --inputs "$inputs" "${options[@]}" 2>&1 </dev/null | tee "$log" || code=${PIPESTATUS[0]}
  if line=$(grep '^target=' "$log"); then
    lines+=("$line")
    total=$((total + $(sed 's/.* inputs=\([0-9]*\).*/\1/' <<<"$line")))
    findings=$((findings + $(sed 's/.* findings=\([0-9]*\).*/\1/' <<<"$line")))
  else
    # It did not come to its end: an input took too long (3), or ended it; that one is the last.
    ((code == 3)) || say "$target ended with exit code $code at the input in $results/$target.last, after 4 bytes with its length"
    findings=$((findings + 1))
  fi
done
[[ "${targets[*]}" != "${known[*]}" || ${#lines[@]} != "${#targets[@]}" ]] || table "${lines[@]}" | write_between "$page" table
printf 'targets=%d inputs=%d findings=%d\n' "${#targets[@]}" "$total" "$findings"
((findings == 0))
