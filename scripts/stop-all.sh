#!/usr/bin/env bash
# Stops what the scripts beside it started, and nothing else. Fine when nothing runs.
#
#   scripts/stop-all.sh
set -euo pipefail
# shellcheck source=scripts/processes.sh
source "$(dirname "$0")/processes.sh"

case ${1:-} in
  '') ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is none." ;;
esac

# Callers before those they call, so that nobody logs a fault about it; databases next; the operator last, to see the agent off.
for name in gateway order user product payment shipping inventory notification; do
  stop "$name"
done
stop redis
stop postgres INT # "fast": ends open connections and stops
stop agent
stop operator
