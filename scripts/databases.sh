# shellcheck shell=bash
# Sourced by start-microservices.sh: the demo's own PostgreSQL and Redis, made of Debian's programs. Nothing here opens a connection to them
# (readiness is read from files and /proc): it would be one that demo/graph.txt does not list.

postgres_port=${TENDRIL_DEMO_POSTGRES_PORT:-15432}
redis_port=${TENDRIL_DEMO_REDIS_PORT:-16379}

# read_password: one made-up password for both, kept from run to run.
read_password() {
  local file=$run/demo.password
  [[ -s $file ]] || (umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$file")
  password=$(<"$file")
}

# data_directory NAME: where NAME keeps its data. Under .run/, or below /var/tmp when the account it runs as cannot get there.
data_directory() {
  local directory=$run/$1
  if ((EUID == 0)) && ! as_account "$1" test -x "$run"; then
    directory=/var/tmp/tendril-$(printf '%s' "$root" | cksum | cut -d ' ' -f 1)-$1
  fi
  if [[ ! -d $directory ]]; then
    mkdir -m 700 "$directory"
    ((EUID != 0)) || chown "$(account "$1")" "$directory"
  fi
  [[ -O $directory || $(stat -c %U "$directory") == "$(account "$1")" ]] || die "$directory belongs to somebody else; move it away."
  printf '%s\n' "$directory"
}

# account NAME: root runs the databases as the accounts their packages made; anybody else runs them as themselves.
account() {
  local account=${1%%-*}
  ((EUID == 0)) && printf '%s\n' "$account" || id -un
}

# as_account NAME COMMAND...
as_account() {
  local account
  account=$(account "$1")
  shift
  if ((EUID == 0)); then
    # setpriv becomes the command, so its pid is the command's; runuser would stay as a parent.
    (cd / && exec setpriv --reuid="$account" --regid="$account" --init-groups -- "$@")
  else
    "$@"
  fi
}

start_postgres() {
  pid_of postgres >/dev/null && return
  require_free "$postgres_port" "the demo's PostgreSQL (TENDRIL_DEMO_POSTGRES_PORT chooses another)"
  local programs version data
  programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  version=$(basename "$(dirname "$programs")")
  data=$(data_directory "postgres-$version")
  [[ -e $data/ready ]] || make_database "$programs" "$data"
  start_as postgres "$programs/postgres" -D "$data" -p "$postgres_port"
  wait_until 60 postgres postgres_is_ready "$data"
  say "started PostgreSQL $version on 127.0.0.1:$postgres_port"
}

postgres_is_ready() {
  local pid
  pid=$(pid_of postgres) && [[ $(as_account postgres sed -n '1p;8p' "$1/postmaster.pid" 2>/dev/null | tr -d ' \n') == "${pid}ready" ]]
}

# make_database PROGRAMS DATA: a role and database "shop"; nobody else can log in, and only by TCP with the password.
make_database() {
  as_account postgres find "$2" -mindepth 1 -delete
  as_account postgres "$1/initdb" -D "$2" -E UTF8 --locale=C --auth=reject >"$logs/initdb.log" 2>&1 || show_log initdb "initdb failed"
  as_account postgres tee "$2/pg_hba.conf" >/dev/null <<<"host shop shop 127.0.0.1/32 scram-sha-256"
  as_account postgres tee -a "$2/postgresql.conf" >/dev/null <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 20
shared_buffers = '16MB'
fsync = off
jit = off
CONF
  # Single-user mode takes one command a line.
  as_account postgres "$1/postgres" --single -D "$2" postgres >>"$logs/initdb.log" 2>&1 <<SQL || show_log initdb "the database could not be made"
create role shop login password '$password'
create database shop owner shop
SQL
  as_account postgres touch "$2/ready"
}

start_redis() {
  pid_of redis >/dev/null && return
  require_free "$redis_port" "the demo's Redis (TENDRIL_DEMO_REDIS_PORT chooses another)"
  local data
  data=$(data_directory redis)
  as_account redis tee "$data/redis.conf" >/dev/null <<CONF
bind 127.0.0.1
port $redis_port
dir $data
save ""
requirepass $password
CONF
  start_as redis redis-server "$data/redis.conf"
  wait_until 30 redis is_listening "$redis_port"
  say "started Redis on 127.0.0.1:$redis_port"
}

# start_as NAME COMMAND...: like start, as NAME's account.
start_as() {
  local name=$1 account
  shift
  account=$(account "$name")
  if ((EUID == 0)); then
    start "$name" env -C / setpriv --reuid="$account" --regid="$account" --init-groups -- "$@"
  else
    start "$name" env -C / "$@"
  fi
}
