#!/usr/bin/env bash
# Builds the container images out of dist/ and what is compiled here; the arguments are those of dev.ebb.images.Options.
# Labels tell commit and its time: a build of the same commit gives the same labels, whenever it runs.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh
JAVA_HOME=$(jdk_find)

for tool in unshare chroot ldd dpkg-query; do
  PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || { echo "images need $tool of Debian or Ubuntu" >&2; exit 1; }
done
revision=unknown created=1970-01-01T00:00:00Z
if git rev-parse --git-dir >/dev/null 2>&1; then
  revision=$(git rev-parse HEAD)
  git diff --quiet HEAD -- || revision=$revision-changed
  created=$(git log -1 --format=%cI)
fi

echo "building images in dist/images/" >&2
scripts/mvn.sh -q -pl keda,images -am -DskipTests -Dmaven.test.skip=true package >&2
mkdir -p dist/images
"$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp 'images/target/*:images/target/lib/*' \
  dev.ebb.images.Build --revision="$revision" --created="$created" "$@" >dist/images/digests.new
mv dist/images/digests.new dist/images/digests.txt
