#!/usr/bin/env bash
# Puts the distribution folder dist/ together from the modules' targets. Times are kept (cp -p): a JVM
# archive made for a jar is ignored when the jar's time differs.
set -euo pipefail
cd "$(dirname "$0")/.."

put_app() {
  local from=$1 to=dist/$2
  if [ ! -f "$from/quarkus-run.jar" ]; then
    echo "$from is not there: the build made no application" >&2
    return 1
  fi
  rm -rf "$to.new"
  cp -pr "$from" "$to.new"
  rm -rf "$to"
  mv "$to.new" "$to"
}

mkdir -p dist/bin
rm -rf dist/cli.new
mkdir dist/cli.new
cp -p knative/target/ebb-cli-*.jar dist/cli.new/
cp -p knative/target/lib/*.jar dist/cli.new/
rm -rf dist/cli
mv dist/cli.new dist/cli
install -m 755 knative/src/main/launcher/ebb dist/bin/ebb
ln -sfn ebb dist/bin/kn-ebb
put_app router-fn/app/target/quarkus-app router
put_app functions/prefill/target/quarkus-app prefill
put_app functions/decode/target/quarkus-app decode
