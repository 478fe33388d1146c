#!/usr/bin/env bash
# Runs inside that machine, under its systemd, as root: installs the package, and takes its two services from their start to their end.
# Prints a line for each check, "ok: …" or "FAILED: …", and why.
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 NO_COLOR=1

check() {
  local what=$1
  shift
  if "$@" >/run/check.log 2>&1 </dev/null; then
    echo "ok: $what"
  else
    echo "FAILED: $what"
    tail -n 30 /run/check.log
  fi
}

# soon COMMAND...: within minutes, as the machine is emulated and may share its processors.
soon() {
  local i=0
  until "$@" >/run/soon.log 2>&1; do
    i=$((i + 1))
    [ "$i" -lt 300 ] || { cat /run/soon.log && return 1; }
    sleep 0.5
  done
}

are_inactive() { [ "$(systemctl is-active tendril-operator tendril-agent | sort -u)" = inactive ]; }
starts_nothing() { are_inactive && [ "$(systemctl is-enabled tendril-operator tendril-agent | sort -u)" = disabled ]; }
pid() { systemctl show --property MainPID --value "$1"; }
said() { journalctl --quiet --no-pager --output cat --unit "$1"; }

# threads UNIT LINE: whether all threads of the service have this line in their status.
threads() {
  local thread
  for thread in "/proc/$(pid "$1")"/task/*; do
    grep -E "$2" "$thread/status" || { echo "$(cat "$thread/comm"): not $2" && cat "$thread/status" && return 1; }
  done
}

# CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE and CAP_SYS_ADMIN are all that is left, and no way to more.
has_given_up_rights() {
  said tendril-agent | grep 'keeps these capabilities: CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_SYS_ADMIN;' &&
    threads tendril-agent '^CapPrm:.0000000000280004$' && threads tendril-agent '^CapEff:.0000000000280004$' && threads tendril-agent '^NoNewPrivs:.1$'
}
has_no_rights() { threads tendril-operator '^CapPrm:.0000000000000000$' && threads tendril-operator '^CapBnd:.0000000000000000$'; }
are_not_root() { ! threads tendril-operator '^Uid:.0' && ! threads tendril-agent '^Uid:.0'; }

# What this kernel cannot do is the only thing that either complains of; while the operator starts nobody answers.
complains_of_nothing() {
  ! { said tendril-agent && said tendril-operator; } | grep -E 'warn:|fail:|crit:|rror|xception' | grep -v 'without cgroup/connect_unix\|is not answering'
}

# is_graph COUNT: whether the whole graph is one dependency between two units, with so many connections.
is_graph() {
  tendril graph --output csv >/run/graph || return 1
  tail -n +2 /run/graph | tee /run/edges
  grep -q "^shop-web,shop-db,systemd/$host/shop-web,systemd/$host/shop-db,tcp,7001,$1,0,$1,0,.*,both," /run/edges && [ "$(grep -c . /run/edges)" -eq 1 ]
}

is_back() { [ "$(systemctl show --property NRestarts --value tendril-operator)" -eq 1 ] && is_graph 10; }
ended_well() { are_inactive && [ "$(systemctl show --property Result --value tendril-agent tendril-operator | sort -u | xargs)" = success ]; }
left_nothing() {
  [ -z "$(find /etc /usr /var/lib /run/systemd -name '*tendril*' -not -path '/var/lib/dpkg/*' -print)" ] && ! systemctl cat tendril-agent
}

host=$(cut -c 1-12 /etc/machine-id)
check 'it installs on a running system' dpkg --install /check/tendril.deb
check 'the installation starts nothing' starts_nothing
check 'its services start' systemctl enable --now tendril-operator tendril-agent
check 'the agent gives up what it needs no more' soon has_given_up_rights
check 'the operator has no rights' has_no_rights
check 'neither is root' are_not_root
check 'the operator answers' soon tendril services
check 'a service serves' systemctl start shop-db
check 'another connects to it' systemctl start shop-web
check 'the whole graph is that dependency, named by their units' soon is_graph 5
check 'the agent starts anew' systemctl restart tendril-agent
check 'it gives them up again' soon has_given_up_rights
check 'more connections are made' systemctl start shop-web
check 'nothing is lost and nothing counted twice' soon is_graph 10
check 'the operator is killed' systemctl kill --signal=KILL tendril-operator
check 'it is started again and remembers' soon is_back
check 'neither complains' complains_of_nothing
check 'both stop' systemctl stop tendril-operator tendril-agent
check 'they ended well' ended_well
check 'it can be removed' dpkg --purge tendril
check 'nothing of it is left' left_nothing
echo 'end of the checks'
