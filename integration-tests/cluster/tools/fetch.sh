#!/usr/bin/env bash
# fetch.sh: Debian's containerd, CNI plugins and runc, unpacked into the cache and not installed.
# containerd and the plugins come from sid, because the kubelet wants containerd 2; their libc is old enough.
# runc is the system's release's own, because sid's is not.
set -euo pipefail
cd "$(dirname "$0")"
source ./cache.sh
folder=$EBB_CLUSTER_CACHE/debian

[ ! -f "$folder/complete" ] || exit 0
command -v apt-get >/dev/null || { echo "this part of the harness needs Debian or Ubuntu (apt-get, dpkg)" >&2; exit 1; }
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -1)
[ -n "$mirror" ] ||
  mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -1)
[ -n "$mirror" ] && [ -f $keyring ] || { echo "no Debian mirror or keyring is configured on this machine" >&2; exit 1; }

rm -rf "$folder"
mkdir -p "$folder"/{sources,lists/partial,cache/archives/partial,packages,root}
printf 'Types: deb\nURIs: %s\nSuites: sid\nComponents: main\nSigned-By: %s\n' "$mirror" $keyring \
  >"$folder/sources/sid.sources"
sid=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/sources" -o "Dir::State::lists=$folder/lists"
  -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
apt-get "${sid[@]}" -qq update
cd "$folder/packages"
apt-get "${sid[@]}" -qq download containerd containernetworking-plugins
apt-get -qq -o APT::Sandbox::User=root download runc
for package in *.deb; do dpkg -x "$package" "$folder/root"; done
for program in containerd ctr containerd-shim-runc-v2; do
  if ldd "$folder/root/usr/bin/$program" | grep 'not found'; then
    echo "$program does not run on this system" >&2
    exit 1
  fi
done
rm -rf "$folder"/{lists,cache,packages}
touch "$folder/complete"
