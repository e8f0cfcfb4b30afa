#!/usr/bin/env bash
# Runs the tests on a real cluster: brings it up, puts Ebb's images on it, tests, takes it away, also after a failure.
# EBB_CLUSTER_KEEP=1 leaves the cluster up. Arguments go to Maven, for example -Dtest=ZeroToAnswerTest.
set -uo pipefail
cd "$(dirname "$0")/.."
cluster=$PWD/integration-tests/cluster/cluster
run=${EBB_CLUSTER_RUN:-/var/tmp/ebb-cluster}

take_away() {
  if [ "${EBB_CLUSTER_KEEP:-0}" = 1 ]; then
    echo "the cluster stays; make cluster-down takes it away" >&2
  else
    "$cluster" down
  fi
}

make --no-print-directory cluster-tools build model images || exit 1
trap take_away EXIT
"$cluster" up && "$cluster" load dist/images "$(dist/bin/ebb model path)" || exit 1
export EBB_CLUSTER=$cluster EBB_DIST=$PWD/dist KUBECONFIG=$run/admin.kubeconfig
find integration-tests -type d -name surefire-reports -prune -exec rm -rf {} +
log=$(mktemp)
scripts/mvn.sh --no-transfer-progress -pl integration-tests -am -Dgroups=cluster -DexcludedGroups= \
  -Dsurefire.failIfNoSpecifiedTests=false "$@" test 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
echo
python3 scripts/test_summary.py "$log" || status=1
rm -f "$log"
exit "$status"
