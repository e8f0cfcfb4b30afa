#!/usr/bin/env bash
# Finds what building Ebb needs and, on Debian or Ubuntu as root or with passwordless sudo, installs what is missing.
# Without that right it prints the one command to run and stops with exit status 1. Needs no network once all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# The Debian package of each missing tool. A tool that is there, from wherever, is left as it is.
missing_packages() {
  have mvn || echo maven
  have make || echo make
  have cmake || echo cmake
  have c++ || have g++ || echo g++
  have curl || echo curl
  have unzip || echo unzip
  have python3 || echo python3
  python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
  python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || echo python3-venv
  [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki ] || echo ca-certificates
}

# Prefix that runs a command as root, or nothing and status 1.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    echo env
  elif have sudo && sudo -n true 2>/dev/null; then
    echo "sudo -n env"
  else
    return 1
  fi
}

apt_updated=no
apt_install() {
  local root
  root=$(as_root) || return 1
  if [ "$apt_updated" = no ]; then
    $root DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || say "apt-get update failed; trying with the old lists"
    apt_updated=yes
  fi
  say "Installing: $*"
  # Maven's package pulls in a JRE of its own; without recommends that stays the headless one.
  $root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

install_packages() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  if ! have apt-get; then
    say "Missing: $packages(Debian's names). Install them with this system's package tool, then run make again."
    exit 1
  fi
  # shellcheck disable=SC2086
  if ! apt_install $packages; then
    say "Missing: $packages"
    say "Run:  sudo apt-get update && sudo apt-get install -y --no-install-recommends $packages"
    exit 1
  fi
}

offer_jdk() {
  cat >&2 <<'TEXT'
No JDK 25 was found (looked at EBB_JAVA_HOME, JAVA_HOME, /usr/lib/jvm, ~/.sdkman, ~/.jdks, the PATH).
On Ubuntu 25.10 or Debian 14 and later:
  sudo apt-get install -y openjdk-25-jdk-headless
On an older Debian or Ubuntu, from Eclipse Adoptium:
  sudo apt-get install -y curl gpg
  curl -fsSL https://packages.adoptium.net/artifactory/api/gpg/key/public | sudo gpg --dearmor -o /usr/share/keyrings/adoptium.gpg
  echo "deb [signed-by=/usr/share/keyrings/adoptium.gpg] https://packages.adoptium.net/artifactory/deb $(. /etc/os-release; echo $VERSION_CODENAME) main" | sudo tee /etc/apt/sources.list.d/adoptium.list
  sudo apt-get update && sudo apt-get install -y temurin-25-jdk
Or, without root, with SDKMAN:
  curl -s https://get.sdkman.io | bash && . ~/.sdkman/bin/sdkman-init.sh && sdk install java 25-tem
Or unpack any JDK 25 and set JAVA_HOME to its folder.
TEXT
}

apt_has() { apt-cache show "$1" >/dev/null 2>&1; }

install_jdk() {
  jdk_find >/dev/null && return 0
  if have apt-get && as_root >/dev/null; then
    local package
    apt_has openjdk-25-jdk-headless || { $(as_root) apt-get update -qq >&2 || true; apt_updated=yes; }
    for package in openjdk-25-jdk-headless temurin-25-jdk; do
      apt_has "$package" && apt_install "$package" && jdk_find >/dev/null && return 0
    done
  fi
  offer_jdk
  exit 1
}

install_packages
install_jdk
say "JDK: $(jdk_find)"
