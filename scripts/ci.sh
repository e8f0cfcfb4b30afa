#!/usr/bin/env bash
# What runs on a clean checkout before a change lands: make test, then make test-cluster where this machine can hold a
# cluster and its tools are built or there is time to build them, then of make test-cuda that the library builds without
# nvcc and with one, which is fetched if need be. Says which it did and why; the last line counts the tests of all. What
# this machine or the time does not allow is not a failure, a failed test or build is.
# EBB_CI_MINUTES: within how many minutes it should end. EBB_CI_STARTED: when that began, in seconds since 1970.
set -uo pipefail
cd "$(dirname "$0")/.."

BUDGET=${EBB_CI_MINUTES:-75}
# How long, in minutes, the cluster's suite takes with all around it: its tests tagged short, and all of them; and, on
# two cores, building its tools at least.
SUITE=25
WHOLE=80
BUILD=20
# How long building the library without and with nvcc may take.
CUDA=15
# A suite that is slower than thought is ended so many minutes after the budget.
GRACE=10
STARTED=${EBB_CI_STARTED:-$(date +%s)}
cluster=integration-tests/cluster/cluster
tools=integration-tests/cluster/tools

say() { printf '%s\n' "$*"; }
not_run() { say "make test-cluster: not run, because $*"; }
failed() { say "make test-cluster: failed, because $*"; }
minutes_left() { echo $((BUDGET - ($(date +%s) - STARTED) / 60)); }

# Programs that the cluster calls and Debian has, where that takes no asking.
install_programs() {
  local packages
  packages=$("$cluster" packages)
  if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing: $packages"
    apt-get update -qq >&2 || say "apt-get update failed; trying with the old lists"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2
  fi
}

# Why no cluster should be begun here, in one line, or nothing.
refusal() {
  local said
  if ! said=$("$cluster" check 2>&1); then
    printf '%s' "$said" | paste -sd '|' | sed 's/|/; /g'
  elif [ "$(minutes_left)" -lt "$SUITE" ]; then
    echo "it may take $SUITE minutes, and $(minutes_left) of $BUDGET are left"
  fi
}

# Status 0 when the tools are there, 1 when it should not run, 2 when that is a failure.
tools_there() {
  local limit
  if "$cluster" built; then
    say "make test-cluster: its tools are built already"
    return 0
  fi
  limit=$(($(minutes_left) - SUITE))
  if [ "$limit" -lt "$BUILD" ]; then
    not_run "its tools are not built, that may take $BUILD minutes, and $limit are left for it"
    return 1
  fi
  say "make test-cluster: building its tools, for $limit minutes at most"
  timeout -k 30 "${limit}m" "$tools/fetch.sh" || { not_run "Debian's packages for it could not be fetched"; return 1; }
  timeout -k 30 "${limit}m" "$tools/build.sh"
  built_or_not $? "$limit"
}

built_or_not() {
  case $1 in
    0) return 0 ;;
    3) not_run "a source of its tools could not be fetched"; return 1 ;;
    124 | 137) not_run "building its tools took longer than the $2 minutes left for it"; return 1 ;;
    *) failed "its tools could not be built"; return 2 ;;
  esac
}

# Status 0 when the suite passed, 1 when it did not run, 2 when it failed.
cluster_suite() {
  local why limit
  install_programs
  why=$(refusal)
  if [ -n "$why" ]; then
    not_run "$why"
    return 1
  fi
  tools_there || return $?
  limit=$(($(minutes_left) + GRACE))
  if [ "$(minutes_left)" -lt "$WHOLE" ]; then
    export EBB_CLUSTER_TESTS=short
    say "make test-cluster: only its tests tagged short, because all of them may take $WHOLE minutes"
  fi
  say "make test-cluster: runs, with $(minutes_left) of $BUDGET minutes left"
  # Not by make, which would end before the script has taken its cluster away.
  EBB_TEST_LOG=$logs/cluster timeout -k 120 "${limit}m" scripts/test-cluster.sh
  case $? in
    0) return 0 ;;
    124 | 137) "$cluster" down; failed "it had not ended after $limit minutes"; return 2 ;;
    *) failed "of what is told above"; return 2 ;;
  esac
}

# Status 0 when it passed or there was no time, 2 when it failed.
cuda_builds() {
  local limit
  limit=$(minutes_left)
  if [ "$limit" -lt "$CUDA" ]; then
    say "make test-cuda: not run, because building may take $CUDA minutes, and $limit of $BUDGET are left"
    return 0
  fi
  if ! timeout -k 30 5m scripts/cuda_toolchain.sh >/dev/null; then
    say "make test-cuda: without nvcc, which is not installed and could not be fetched"
  fi
  say "make test-cuda: only that the library builds, with $(minutes_left) of $BUDGET minutes left"
  EBB_CUDA_TESTS=build timeout -k 120 "$(($(minutes_left) + GRACE))m" scripts/test_cuda.sh 2>&1 | tee "$logs/cuda"
  case ${PIPESTATUS[0]} in
    0) return 0 ;;
    124 | 137)
      echo "make test-cuda: 1 parts, 1 failed" >>"$logs/cuda"
      say "make test-cuda: failed, because it had not ended after $GRACE minutes more than there were"
      return 2 ;;
    *) say "make test-cuda: failed, because of what is told above"; return 2 ;;
  esac
}

main() {
  local status=0
  logs=$(mktemp -d)
  trap 'rm -rf "$logs"' EXIT
  # Reports of an earlier run would be counted again.
  find . -type d -name cluster-reports -path '*/target/*' -prune -exec rm -rf {} +
  if EBB_TEST_LOG=$logs/test make --no-print-directory test; then
    cluster_suite
    [ $? -ne 2 ] || status=1
    cuda_builds || status=1
  else
    not_run "make test failed"
    say "make test-cuda: not run, because make test failed"
    status=1
  fi
  touch "$logs/test" "$logs/cuda"
  cat "$logs/cuda" >>"$logs/test"
  python3 scripts/test_summary.py "$logs/test" surefire-reports failsafe-reports cluster-reports || status=1
  return "$status"
}

main
