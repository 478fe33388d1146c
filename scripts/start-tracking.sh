#!/usr/bin/env bash
# Starts Tendril on this machine: installs and builds what is missing, runs operator and agent in the background, waits until both are well.
#
#   sudo scripts/start-tracking.sh            the map of this machine, at http://127.0.0.1:8080
#   sudo scripts/start-tracking.sh --demo     also a small shop of eight services with some traffic, and prints the graph it sees
#
# Logs are in .run/logs/, what the operator remembers in .run/operator-memory.db. Running it twice is fine. scripts/stop-all.sh stops what this started.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"

demo=
for option in "$@"; do
  case $option in
    --demo) demo=--demo ;;
    -h | --help) show_help && exit ;;
    *) die "'$option' is not an option; there is --demo." ;;
  esac
done
((EUID == 0)) || die "the agent attaches to the kernel, which needs root: run 'sudo $0${*:+ $*}'."

operator_is_healthy() { http_get 8080 /health | grep -q '"healthy"'; }
agent_is_connected() { http_get 8080 /api/dependency-graph | grep -q '"connected": *true'; }

start_operator() {
  if pid_of operator >/dev/null; then
    say "the operator runs already"
    return
  fi
  require_free 8080 "the operator's dashboard"
  require_free 50051 "the operator's gRPC"
  # The demo begins anew each time.
  local settings=(--memory "$run/operator-memory.db")
  [[ -z $demo ]] || settings=(--rules "$root/demo/rules.yaml")
  start operator "$artifacts/operator/tendril-operator" "${settings[@]}"
  wait_until 60 operator operator_is_healthy
  say "started the operator"
}

start_agent() {
  if pid_of agent >/dev/null; then
    say "the agent runs already"
  else
    start agent "$artifacts/agent/tendril-agent" --operator http://127.0.0.1:50051 ${demo:+--arguments words}
  fi
  wait_until 60 agent agent_is_connected
  say "the agent watches this machine"
}

run_demo() {
  "$scripts/start-microservices.sh"
  "$scripts/generate-traffic.sh" --requests 100 --rate 25
  sleep 3 # the agent reports once a second, the operator publishes once a second
  "$artifacts/cli/tendril" graph
}

"$scripts/install-prerequisites.sh" ${demo:+"$demo"}
"$scripts/build.sh"
make_run_directory
start_operator
start_agent
[[ -z $demo ]] || run_demo
say "dashboard      http://127.0.0.1:8080"
say "command line   $artifacts/cli/tendril --help"
say "to stop        $scripts/stop-all.sh"
