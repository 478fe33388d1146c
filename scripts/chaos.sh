#!/usr/bin/env bash
# Kills agent and operator with SIGKILL at random moments under load and compares the whole graph with what the load counted itself. Needs root.
#
#   sudo scripts/chaos.sh --kills 200            some 20 minutes
#   sudo scripts/chaos.sh --kills 40 --memory    an operator that keeps its memory in a file
#   sudo scripts/chaos.sh --kills 40 --seed 7    the same kills in the same order as another run with this seed; the default is 1
#
# Installs and builds what is missing first. Says what happened in a line for each comparison and ends with one line:
# kills=… wrong_counters=… missing_edges=… Exit code 1 when anything was wrong. What is right is said in docs/faults.md.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

kills=20 seed=1 name=chaos test='*graph_is_right_after_each_kill_of_agent_and_operator'
while (($#)); do
  case $1 in
    --memory) name=chaos-memory test='*operator_that_remembers_is_right_after_each_kill' && shift && continue ;;
    --kills) kills=${2:-} && shift ;;
    --seed) seed=${2:-} && shift ;;
    -h | --help) show_help && exit ;;
    *) die "'$1' is not an option; there are --kills, --memory and --seed." ;;
  esac
  shift || die "--kills and --seed want a number."
done
[[ $kills =~ ^[1-9][0-9]{0,4}$ && $seed =~ ^[0-9]{1,9}$ ]] || die "--kills wants a number from 1 and --seed one from 0, not '$kills' and '$seed'."

run_long_test "$name" "$test" '^kills=' "TENDRIL_CHAOS_KILLS=$kills" "TENDRIL_CHAOS_SEED=$seed"
