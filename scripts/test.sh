#!/usr/bin/env bash
# Runs the tests: `all` of them, or the `quick` ones (without those tagged slow). Builds what they need first, goes on
# after a failure, and ends with a line that counts the tests of all modules. With EBB_TEST_LOG=FILE the build's output
# is kept there and the counting left to the caller.
set -uo pipefail
cd "$(dirname "$0")/.."

set -- "${1:-all}"
case $1 in
  all) selection=() ;;
  quick) selection=(-DexcludedGroups=slow,cluster,cuda) ;;
  *) echo "usage: scripts/test.sh all|quick" >&2; exit 2 ;;
esac

make --no-print-directory build model || exit 1
# Only slow tests run images.
[ "$1" = quick ] || make --no-print-directory images || exit 1
EBB_MODEL=$(dist/bin/ebb model path) || exit 1
export EBB_MODEL EBB_DIST=$PWD/dist
# Tests choose their own settings; those of this shell would change what they see.
unset EBB_PORT EBB_HOST EBB_IDLE_SECONDS EBB_THREADS EBB_BACKEND EBB_DEBUG

# Reports of an earlier run would be counted again.
find . -type d \( -name surefire-reports -o -name failsafe-reports \) -path '*/target/*' -prune -exec rm -rf {} +
log=${EBB_TEST_LOG:-$(mktemp)}
scripts/mvn.sh --fail-at-end --no-transfer-progress "${selection[@]}" verify 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
count() { python3 scripts/test_summary.py "$log" surefire-reports failsafe-reports; }
if [ -n "${EBB_TEST_LOG:-}" ]; then
  count >/dev/null || status=1
else
  # The build's last output may be a bare colour code; the line that counts stands alone.
  echo
  count || status=1
  rm -f "$log"
fi
exit "$status"
