#!/usr/bin/env bash
# Runs the tests on a real cluster: brings it up, puts Ebb's images on it, tests, takes it away, also after a failure.
# EBB_CLUSTER_KEEP=1 leaves the cluster up. EBB_SERVING=v0.42.2 takes that Serving, and only the tests tagged
# serving-old, which show what differs there. EBB_CLUSTER_TESTS=short runs only those tagged short.
# EBB_TEST_LOG=FILE keeps Maven's output and leaves the counting to the caller. Arguments go to Maven, for example
# -Dtest=ZeroToAnswerTest.
set -uo pipefail
cd "$(dirname "$0")/.."
cluster=$PWD/integration-tests/cluster/cluster
run=${EBB_CLUSTER_RUN:-/var/tmp/ebb-cluster}
usual=$(awk '$1 == "serving-controller" {print $3}' integration-tests/cluster/tools/versions.txt)
groups=cluster
[ "${EBB_CLUSTER_TESTS:-all}" = all ] || groups=$EBB_CLUSTER_TESTS
[ "${EBB_SERVING:-$usual}" = "$usual" ] || groups=serving-old

take_away() {
  # make and timeout both pass a signal on; the second one must not stop this.
  trap '' TERM INT
  if [ "${EBB_CLUSTER_KEEP:-0}" = 1 ]; then
    echo "the cluster stays; make cluster-down takes it away" >&2
  else
    "$cluster" down
  fi
}

make --no-print-directory cluster-tools build model images || exit 1
trap take_away EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
"$cluster" up && "$cluster" load dist/images "$(dist/bin/ebb model path)" || exit 1
export EBB_CLUSTER=$cluster EBB_DIST=$PWD/dist KUBECONFIG=$run/admin.kubeconfig
# Reports of an earlier run would be counted again. They lie beside those of make test, so that both can be counted.
find . -type d -name cluster-reports -path '*/target/*' -prune -exec rm -rf {} +
log=${EBB_TEST_LOG:-$(mktemp)}
scripts/mvn.sh --no-transfer-progress -pl integration-tests -am -Dgroups=$groups -DexcludedGroups= \
  -Dsurefire.failIfNoSpecifiedTests=false -Debb.reports=cluster-reports -Dnative.tests.skip=true "$@" test 2>&1 |
  tee "$log"
status=${PIPESTATUS[0]}
count() { python3 scripts/test_summary.py "$log" cluster-reports; }
if [ -n "${EBB_TEST_LOG:-}" ]; then
  count >/dev/null || status=1
else
  echo
  count || status=1
  rm -f "$log"
fi
exit "$status"
