#!/usr/bin/env bash
# Runs agent and operator under load and churn for a while and watches their memory, handles, threads and what the kernel's maps hold. Needs root.
#
#   sudo scripts/soak.sh --minutes 120
#   sudo scripts/soak.sh                  5 minutes
#
# Installs and builds what is missing first. Prints a chart and ends with one line of name=value figures, of which the last is grown=…: how many
# of them grew beyond their bounds (docs/faults.md). Exit code 1 when any did or a counter was wrong at the end.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

minutes=5
case ${1:-} in
  '') ;;
  --minutes) minutes=${2:-} ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is --minutes." ;;
esac
[[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || die "--minutes wants a number from 1 to 9999, not '$minutes'."

run_long_test soak '*stay_flat_under_load_and_churn*' '^soak_minutes=' "TENDRIL_SOAK_MINUTES=$minutes"
