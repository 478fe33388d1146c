#!/usr/bin/env bash
# Builds what runs, into artifacts/: the agent (with its BPF objects) and the command line as native programs, the operator and the demo
# for the installed .NET. What is up to date is left alone.
#
#   scripts/build.sh                 all
#   scripts/build.sh cli demo        only these of: agent operator cli demo
#   scripts/build.sh standalone      the operator as one file that brings .NET along, for packages
#   scripts/build.sh agent-arm64     the agent for arm64, on another machine, with a cross compiler and the static libraries of arm64 in the
#                                    directory TENDRIL_ARM64_LIBRARIES; scripts/kernel-matrix.sh --arm64 does all that
set -euo pipefail
# shellcheck source=scripts/processes.sh
source "$(dirname "$0")/processes.sh"
cd "$root"

case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) die "Tendril runs on x86_64 and aarch64; this machine is $(uname -m)." ;;
esac

shared=(Directory.Build.props Directory.Packages.props global.json .editorconfig proto src/Tendril.Protocol)

# fingerprint PATH...: of the names and contents of all source files below.
fingerprint() {
  find "$@" \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -print0 2>/dev/null |
    sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# publish NAME PROJECT OPTIONS -- SOURCES
publish() {
  local name=$1 project=$2 options=() before stamp=$artifacts/$1.built
  shift 2
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  before="$(fingerprint "${shared[@]}" "$project" "$@") ${options[*]} $(dotnet --version)"
  [[ ! -d $artifacts/$name || $(cat "$stamp" 2>/dev/null) != "$before" ]] || return 0
  say "building $name"
  rm -f "$stamp"
  dotnet publish "$project" -c Release -o "$artifacts/$name" -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -v quiet --nologo "${options[@]}" >"$logs/build-$name.log" 2>&1 || {
    grep -E 'error|warning' "$logs/build-$name.log" | sort -u | head -n 20 | sed 's/^/  | /' >&2
    die "$name did not build; $logs/build-$name.log has everything."
  }
  printf '%s\n' "$before" >"$stamp"
}

build() {
  case $1 in
    agent) publish agent src/Tendril.Agent -r "$rid" -- bpf src/Tendril.Bpf ;;
    agent-arm64)
      publish agent-arm64 src/Tendril.Agent -r linux-arm64 -p:ObjCopyName=aarch64-linux-gnu-objcopy \
        "-p:NativeLibraryDirectory=${TENDRIL_ARM64_LIBRARIES:?is where libbpf.a, libelf.a and libz.a for arm64 are}/" -- bpf src/Tendril.Bpf
      ;;
    operator) publish operator src/Tendril.Operator -- src/Tendril.Graph dashboard/dist ;;
    standalone) publish standalone src/Tendril.Operator -r "$rid" --self-contained -p:PublishSingleFile=true -p:DebugType=none -- src/Tendril.Graph dashboard/dist ;;
    cli) publish cli src/Tendril.Cli -r "$rid" -- ;;
    demo) publish demo demo/Tendril.Demo -- ;;
    -h | --help) show_help ;;
    *) die "'$1' is not a part; there are agent, operator, cli, demo and standalone." ;;
  esac
}

make_run_directory
mkdir -p "$artifacts"
(($# > 0)) || set -- agent operator cli demo
for part in "$@"; do
  build "$part"
done
