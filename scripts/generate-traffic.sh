#!/usr/bin/env bash
# Drives the demo's shop through its gateway for a while, then says how it went. Needs scripts/start-microservices.sh.
#
#   scripts/generate-traffic.sh                            100 requests, 20 a second
#   scripts/generate-traffic.sh --requests 500 --rate 50   so many, at that rate
#   scripts/generate-traffic.sh --seconds 60 --rate 5      for a minute
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"

case ${1:-} in
  -h | --help) show_help && exit ;;
esac
is_listening 8000 || die "the demo does not run; scripts/start-microservices.sh starts it."
"$scripts/build.sh" demo
exec "$artifacts/demo/tendril-demo" traffic "$@"
