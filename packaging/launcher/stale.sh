# Sourced by the launchers: is_stale ROOT tells whether dist is missing or older than the sources.
is_stale() {
  [ -e "$1/dist/stamp" ] && [ -e "$1/dist/client.jar" ] && [ -e "$1/dist/jdk" ] || return 0
  [ -n "$(find "$1"/*/src/main "$1"/*/pom.xml "$1/pom.xml" "$1/packaging/launcher" \
    -newer "$1/dist/stamp" -print -quit 2>/dev/null)" ]
}
