#!/usr/bin/env bash
# Maven on the JDK 25, whatever `java` is on the PATH, and quiet about Maven's own use of old JDK internals.
set -euo pipefail
. "$(dirname "$0")/jdk.sh"
JAVA_HOME=$(jdk_find) || { echo "no JDK 25 found; run scripts/bootstrap.sh" >&2; exit 1; }
export JAVA_HOME
export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
exec mvn -B -Dstyle.color=never "$@"
