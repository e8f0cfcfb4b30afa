#!/usr/bin/env bash
# build.sh [PROGRAM...]: builds what versions.txt lists and the cache lacks; a line for each. Needs go 1.26 or newer.
# EBB_SERVING=VERSION: with the Serving of serving-VERSION.txt in place of the usual one. Status 3: a module could not
# be fetched.
# A wrapper module takes over the go.mod and go.sum of the program's own module, so that each dependency is as its
# authors tested it; modules.sum pins the module itself.
set -euo pipefail
cd "$(dirname "$0")"
source ./cache.sh

# wrapper MODULE VERSION: prints the folder of the wrapper module, made when it is missing
wrapper() {
  local module=$1 version=$2 folder origin
  folder=$EBB_CLUSTER_CACHE/modules/${module//\//_}@$version
  if [ ! -f "$folder/complete" ]; then
    mkdir -p "$folder"
    origin=$(go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    [ -n "$origin" ] || { echo "cannot fetch $module@$version: is the Go module proxy reachable?" >&2; return 3; }
    install -m 644 "$origin/go.mod" "$folder/go.mod"
    cat "$origin/go.sum" modules.sum >"$folder/go.sum"
    # Kubernetes keeps its libraries beside its programs; they are published as v0 of the same release.
    # Any other neighbour is published by the version that is required.
    sed -i "s#=> ./staging/src/\(k8s.io/[a-z-]*\)#=> \1 v0.${version#v1.}#
      s#^module .*#module ebb.dev/cluster/${module##*/}#
      /=> \.\.*\//d" "$folder/go.mod"
    (cd "$folder" && go mod edit -require "$module@$version")
    touch "$folder/complete"
  fi
  echo "$folder"
}

# stamp VERSION: linker flags that tell Kubernetes' programs their version
stamp() {
  local minor=${1#v1.} package
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- "-X $package.%s " "gitVersion=$1" gitMajor=1 "gitMinor=${minor%%.*}" gitTreeState=clean gitCommit=none \
      buildDate=2026-01-01T00:00:00Z
  done
}

build() {
  local program=$1 module=$2 version=$3 package=$4 tags=${5:-} folder flags="-s -w" begin=$SECONDS
  if [ "$package" = - ]; then go mod download "$module@$version"; return; fi
  local made=$EBB_CLUSTER_BIN/$program-$version
  if [ -x "$made" ] && [ -z "$(find "$package" -newer "$made" 2>/dev/null)" ]; then return; fi
  echo "building $program $version" >&2
  folder=$(wrapper "$module" "$version")
  [ "$module" != k8s.io/kubernetes ] || flags="$flags $(stamp "$version")"
  case $package in
    main/*) mkdir -p "$folder/main" && cp -r "$package" "$folder/main/" && package=./$package ;;
    *) package=$module/$package ;;
  esac
  (cd "$folder" && CGO_ENABLED=0 GOFLAGS=-mod=mod nice go build -buildvcs=false -trimpath -tags "$tags" \
    -ldflags "$flags" -o "$EBB_CLUSTER_BIN/.$program" "$package")
  mv "$EBB_CLUSTER_BIN/.$program" "$EBB_CLUSTER_BIN/$program-$version"
  echo "built $program $version in $((SECONDS - begin)) s" >&2
}

# sources MODULE VERSION [MODULE...]: fetches the source of a module whose manifests are applied, and of what it needs,
# where only its programs were kept
sources() {
  local cache folder module
  cache=$(go env GOMODCACHE)
  [ -d "$cache/$1@$2" ] || go mod download "$1@$2"
  folder=$(wrapper "$1" "$2")
  for module in "${@:3}"; do
    [ -d "$cache/$module@$(awk -v name="$module" '$1 == name {print $2}' "$folder/go.mod")" ] ||
      (cd "$folder" && GOFLAGS=-mod=mod go mod download "$module")
  done
}

# rows: the lines of versions.txt, those of another Serving in place of the same programs
rows() {
  local usual other=serving-${EBB_SERVING:-}.txt
  usual=$(awk '$1 == "serving-controller" {print $3}' versions.txt)
  if [ "${EBB_SERVING:-$usual}" = "$usual" ]; then cat versions.txt; return; fi
  [ -f "$other" ] || { echo "EBB_SERVING is $EBB_SERVING, and there is no tools/$other" >&2; return 1; }
  awk '/^#/ || NF == 0 {next} FNR == NR {other[$1] = $0; next} {print $1 in other ? other[$1] : $0}' \
    "$other" versions.txt
}

command -v go >/dev/null || { echo "go is missing: install Go 1.26 or newer (https://go.dev/doc/install)" >&2; exit 1; }
mkdir -p "$EBB_CLUSTER_BIN"
wanted=" $* "
all=$(rows)
while read -r program module version package tags; do
  case $program in '' | '#'*) continue ;; esac
  [ $# -eq 0 ] || [[ $wanted == *" $program "* ]] || continue
  build "$program" "$module" "$version" "$package" "$tags"
  case $program in
    serving-controller) sources "$module" "$version" knative.dev/networking knative.dev/caching ;;
    eventing-controller | keda-operator | kueue) sources "$module" "$version" ;;
  esac
done <<<"$all"
