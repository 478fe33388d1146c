#!/usr/bin/env bash
# Starts the demo: eight services on 127.0.0.1:8000 to 8007 and their own PostgreSQL and Redis. What runs already is left alone.
#
#   scripts/start-microservices.sh
#
# The databases are private ones with their data under .run/, on ports TENDRIL_DEMO_POSTGRES_PORT (15432) and TENDRIL_DEMO_REDIS_PORT
# (16379) of 127.0.0.1; the machine's own are not touched. scripts/generate-traffic.sh makes requests, scripts/stop-all.sh stops all.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
# shellcheck source=scripts/databases.sh
source "$scripts/databases.sh"

case ${1:-} in
  '') ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not an option; there is none." ;;
esac

services=(notification inventory shipping payment product user order gateway)
declare -A ports=([gateway]=8000 [user]=8001 [order]=8002 [product]=8003 [payment]=8004 [notification]=8005 [inventory]=8006 [shipping]=8007)

start_service() {
  pid_of "$1" >/dev/null && return
  require_free "${ports[$1]}" "the demo's $1"
  start "$1" env "TENDRIL_DEMO_POSTGRES=Host=127.0.0.1;Port=$postgres_port;Database=shop;Username=shop;Password=$password" \
    "TENDRIL_DEMO_REDIS=127.0.0.1:$redis_port,password=$password" "$artifacts/demo/tendril-demo" "$1"
}

"$scripts/install-prerequisites.sh" --demo
"$scripts/build.sh" demo
make_run_directory
read_password
start_postgres
start_redis
for service in "${services[@]}"; do
  start_service "$service"
done
for service in "${services[@]}"; do
  wait_until 60 "$service" is_listening "${ports[$service]}"
done
say "the demo runs: http://127.0.0.1:8000/products (scripts/generate-traffic.sh makes requests)"
