#!/usr/bin/env bash
# The Java tests of the native core on the library that gpu-check built, with the device behind it:
# EBB_GPU_CHECK_LIBRARY names it. Maven runs offline, since such a machine may have no registry. Status 3, with the
# reason, where it cannot run.
set -uo pipefail
cd "$(dirname "$0")/../.."
. scripts/jdk.sh

left_out() {
  echo "$1"
  exit 3
}

[ -f "${EBB_GPU_CHECK_LIBRARY:-}" ] || left_out "EBB_GPU_CHECK_LIBRARY names no library; make gpu-check sets it"
jdk_find >/dev/null || left_out "no JDK 25 is here"
command -v mvn >/dev/null 2>&1 || left_out "no Maven is here"
classes=(CudaEmulatedTest CudaEmulatedSamplingTest BatchInvarianceTest)
# The library is there already: CMake has nothing to do.
maven=(scripts/mvn.sh -o -q -pl native -am -Dexec.skip=true -Dnative.tests.skip=true)
"${maven[@]}" -DskipTests test-compile >/dev/null 2>&1 ||
  left_out "Maven has not all it needs here (no network is used)"
status=0
EBB_NATIVE_LIBRARY=$EBB_GPU_CHECK_LIBRARY "${maven[@]}" "-Dtest=$(IFS=,; echo "${classes[*]}")" \
  -Dsurefire.failIfNoSpecifiedTests=false test || status=1
counts=$(python3 scripts/java_counts.py native/target/surefire-reports "${classes[@]}") || status=1
echo "${counts//$'\n'/; }"
exit "$status"
