# Finds a JDK 25 and sets JAVA_HOME; sourced by the other scripts and by the Makefile's recipes.
# Reads the folder's `release` file instead of starting a JVM, which would cost a second.

jdk_version() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

jdk_is_right() {
  [ -x "$1/bin/javac" ] && [ "$(jdk_version "$1")" -ge 25 ] 2>/dev/null
}

jdk_find() {
  local home
  for home in "${EBB_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25* "$HOME"/.sdkman/candidates/java/25* \
      "$HOME"/.jdks/*25* /opt/*jdk*25* /usr/lib/jvm/*; do
    if [ -n "$home" ] && jdk_is_right "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  if command -v javac >/dev/null 2>&1; then
    home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    jdk_is_right "$home" && printf '%s\n' "$home" && return 0
  fi
  return 1
}
