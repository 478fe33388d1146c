#!/usr/bin/env bash
# Makes what is installed elsewhere, in artifacts/package/: a Debian package with agent, operator and command line, and two OCI images.
#
#   scripts/package.sh              all
#   scripts/package.sh deb          only the Debian package: install it with `apt install ./tendril_*.deb`
#   scripts/package.sh images       only the images: `podman load -i` or `docker load -i` takes them
#
# Builds what is missing first. The host that they run on needs no .NET. What is up to date is left alone.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/processes.sh
source "$scripts/processes.sh"
cd "$root"

package=$artifacts/package
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
case $(uname -m) in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) die "Tendril runs on x86_64 and aarch64; this machine is $(uname -m)." ;;
esac
# The same sources give the same bytes.
epoch=$(git -c safe.directory="$root" log -1 --format=%ct 2>/dev/null || printf '0\n')
export SOURCE_DATE_EPOCH=$epoch

# is_current NAME FILE...: whether artifacts/package/NAME was made of these; write_stamp says that it was.
stamp_of() { cat "${@:2}" "$0" | sha256sum; }
is_current() { [[ -e $package/$1 && $(cat "$package/$1.made" 2>/dev/null) == "$(stamp_of "$@")" ]]; }
write_stamp() { stamp_of "$@" >"$package/$1.made"; }

# newest_glibc FILE...: the newest version of the C library whose symbols they use.
newest_glibc() { objdump -T "$@" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1 | cut -d _ -f 2; }

# manual FILE SECTION PROGRAM LINE: what --help prints, as a page for man.
manual() {
  {
    printf '.TH %s %s "" "tendril %s"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n.nf\n' "${1##*/}" "$2" "$version" "${1##*/}" "$4"
    "$3" --help | sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\&&/"
    printf '.fi\n'
  } | gzip -9n >"$1.$2.gz"
}

fill() {
  local tree=$1 doc=$1/usr/share/doc/tendril man=$1/usr/share/man
  install -D -m 755 -t "$tree/usr/sbin" "$artifacts/agent/tendril-agent"
  # The operator looks for its library beside itself.
  install -D -m 755 -t "$tree/usr/lib/tendril" "$artifacts/standalone/tendril-operator"
  objcopy --strip-unneeded "$artifacts/standalone/libe_sqlite3.so" "$tree/usr/lib/tendril/libe_sqlite3.so"
  chmod 644 "$tree/usr/lib/tendril/libe_sqlite3.so"
  ln -s ../lib/tendril/tendril-operator "$tree/usr/sbin/tendril-operator"
  install -D -m 755 -t "$tree/usr/bin" "$artifacts/cli/tendril"
  install -D -m 644 -t "$tree/usr/lib/systemd/system" deploy/systemd/*.service
  install -D -m 644 -t "$tree/etc/tendril" deploy/etc/*
  install -D -m 644 -t "$doc" README.md SECURITY.md docs/rules.md docs/rest.md deploy/debian/copyright
  install -D -m 644 deploy/debian/lintian-overrides "$tree/usr/share/lintian/overrides/tendril"
  sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$(date -u -R -d "@$epoch")/" deploy/debian/changelog | gzip -9n >"$doc/changelog.gz"
  install -d "$man/man1" "$man/man8"
  manual "$man/man1/tendril" 1 "$artifacts/cli/tendril" 'command line of Tendril'
  manual "$man/man8/tendril-agent" 8 "$artifacts/agent/tendril-agent" 'tells which process of this host depends on which endpoint'
  manual "$man/man8/tendril-operator" 8 "$artifacts/standalone/tendril-operator" 'draws the live map of which service depends on which'
}

make_deb() {
  local file=tendril_${version}_$architecture.deb programs=("$artifacts"/{agent/tendril-agent,cli/tendril,standalone/tendril-operator}) tree=$package/tree
  local sources=("${programs[@]}" deploy/*/* README.md SECURITY.md docs/rules.md docs/rest.md)
  ! is_current "$file" "${sources[@]}" || return 0
  say "making $file"
  rm -rf "$tree" "$package"/*.deb
  (umask 022 && fill "$tree" && install -D -m 644 -t "$tree/DEBIAN" deploy/debian/conffiles && install -m 755 -t "$tree/DEBIAN" deploy/debian/{postinst,prerm,postrm})
  sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$(du -sk --apparent-size "$tree" | cut -f 1)/" \
    -e "s/@GLIBC@/$(newest_glibc "${programs[@]}")/" deploy/debian/control >"$tree/DEBIAN/control"
  (cd "$tree" && find etc usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  chmod 644 "$tree"/DEBIAN/{control,md5sums}
  find "$tree" -exec touch -h -d "@$epoch" {} +
  # A quarter larger than by xz, in a tenth of the time; every dpkg there is takes it.
  dpkg-deb --root-owner-group -Zgzip -z6 --build "$tree" "$package/$file" >/dev/null
  rm -rf "$tree"
  write_stamp "$file" "${sources[@]}"
}

# copy_with_libraries TREE PROGRAM PATH: the program, and from this machine every shared library that it loads.
copy_with_libraries() {
  local library
  install -D -m 755 "$2" "$1/$3"
  { ldd "$2" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
    install -D -m 755 "$library" "$1$library"
  done
}

digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# keep_blob FILE: moves it into the image's blobs, under its digest, which it prints.
keep_blob() {
  local name; name=$(digest "$1")
  mv "$1" "$image/blobs/sha256/$name"
  printf '%s\n' "$name"
}

# make_image NAME PROGRAM USER: nothing in it but the program and its libraries: no shell, no package manager.
make_image() {
  local name=tendril-$1 file=tendril-$1_${version}_$architecture.oci.tar image=$package/image tree=$package/tree layer layer_size config config_size manifest manifest_size openssl
  ! is_current "$file" "$2" || return 0
  say "making $file"
  rm -rf "$image" "$tree" "$package/$file"
  mkdir -p "$image/blobs/sha256" "$tree/etc/ssl/certs" "$tree/etc/tendril" "$tree/tmp"
  copy_with_libraries "$tree" "$2" "usr/bin/$name"
  [[ $1 != operator ]] || copy_with_libraries "$tree" "${2%/*}/libe_sqlite3.so" usr/bin/libe_sqlite3.so
  # .NET looks for these when it runs: its hashes and TLS are theirs.
  for openssl in /usr/lib/*/libssl.so.3 /usr/lib/*/libcrypto.so.3; do
    install -D -m 755 "$openssl" "$tree$openssl"
  done
  cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/" 2>/dev/null || true
  printf 'root:x:0:0:root:/:/\nnobody:x:65534:65534:nobody:/:/\n' >"$tree/etc/passwd"
  chmod 1777 "$tree/tmp"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$tree" -cf "$image/layer" .
  layer_size=$(stat -c %s "$image/layer")
  layer=$(keep_blob "$image/layer")
  printf '{"created":"%s","architecture":"%s","os":"linux","config":{"User":"%s","Entrypoint":["/usr/bin/%s"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$(date -u -d "@$epoch" +%FT%TZ)" "$architecture" "$3" "$name" "$layer" >"$image/config"
  config_size=$(stat -c %s "$image/config")
  config=$(keep_blob "$image/config")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' \
    "$config" "$config_size" "$layer" "$layer_size" >"$image/manifest"
  manifest_size=$(stat -c %s "$image/manifest")
  manifest=$(keep_blob "$image/manifest")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"%s","io.containerd.image.name":"docker.io/library/%s:%s"}}]}' \
    "$manifest" "$manifest_size" "$version" "$name" "$version" >"$image/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$image/oci-layout"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$image" -cf "$package/$file" blobs index.json oci-layout
  rm -rf "$image" "$tree"
  write_stamp "$file" "$2"
}

make_images() {
  # The agent attaches: root, with the rights that the container is given. It needs the host's pids, network and cgroups.
  make_image agent "$artifacts/agent/tendril-agent" 0
  make_image operator "$artifacts/standalone/tendril-operator" 65534
}

case ${1:-all} in
  all | deb | images) ;;
  -h | --help) show_help && exit ;;
  *) die "'$1' is not a part; there are deb and images." ;;
esac
make_run_directory
mkdir -p "$package"
"$scripts/build.sh" agent cli standalone
[[ ${1:-all} == images ]] || make_deb
[[ ${1:-all} == deb ]] || make_images
