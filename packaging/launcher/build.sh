#!/bin/sh
# Builds the program into dist/ beside this checkout: dist/lib (every jar), dist/client.jar and
# dist/client.aot (the client commands and what the JVM learnt of their start), dist/node.aot (what it
# learnt of a daemon's moves), dist/jdk (which JDK), dist/stamp (as of when). Called by ./godwit and
# ./test when dist is missing or older than the sources.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd -P)
. "$root/packaging/launcher/find-jdk.sh"
find_jdk || exit 1
find_maven || exit 1
export JAVA_HOME="$JDK"

dist=$root/dist
new=$dist/.new
mkdir -p "$dist" || exit 1
log=$dist/build.log

# One build at a time; whoever waited finds the work done.
if command -v flock >/dev/null 2>&1; then
  exec 9>"$dist/.lock"
  flock 9
fi
. "$root/packaging/launcher/stale.sh"
is_stale "$root" || exit 0

say() {
  printf 'godwit: %s\n' "$1" >&2
}
fail() {
  say "$1; the end of $log says:"
  grep -E '^\[ERROR\]|^Error|error:|Exception' "$log" | head -n 40 >&2
  [ -s "$log" ] && tail -n 5 "$log" >&2
  exit 1
}

if [ -e "$dist/stamp" ]; then
  say 'the sources have changed: building (about a minute) ...'
else
  say 'building for the first time (one or two minutes, longer where Maven has to download) ...'
fi
# The stamp is taken before the build: what is edited during it is built next time.
: >"$dist/.stamp"
(cd "$root" && "$MVN" -q -ntp -B -Pquick -Dmaven.test.skip=true -pl app -am package) >"$log" 2>&1 9>&- ||
  fail 'the build failed'

rm -rf "$new"
mkdir -p "$new" || exit 1
cp "$root"/app/target/lib/*.jar "$new/" && cp "$root"/app/target/app-*.jar "$new/" || exit 1
(cd "$new" && "$JDK/bin/java" -XX:TieredStopAtLevel=1 -cp "$(ls app-*.jar)" \
  io.godwit.app.build.ClientJar "$dist/.client.jar" \
  app-*.jar cli-*.jar core-*.jar linux-*.jar picocli-*.jar gson-*.jar) >>"$log" 2>&1 ||
  fail 'the client commands could not be put together'

rm -rf "$dist/lib"
mv "$new" "$dist/lib" && mv "$dist/.client.jar" "$dist/client.jar" || exit 1
rm -f "$dist/client.aot"
# Without the cache everything works, only slower to start: not a failure.
# shellcheck disable=SC2046
"$JDK/bin/java" $(cat "$root/packaging/launcher/client.flags") -XX:AOTCacheOutput="$dist/client.aot" \
  -cp "$dist/client.jar" io.godwit.app.build.ClientTraining >>"$log" 2>&1 ||
  say "no start-up cache could be made (see $log): commands start slower"
# The same of the daemon: two of them move a process to and fro, which needs root and half a minute.
rm -f "$dist/node.aot" "$dist/node.record"
if [ "$(id -u)" = 0 ]; then
  read -r node_flags <"$root/packaging/launcher/node.flags"
  # shellcheck disable=SC2086
  {
    "$JDK/bin/java" -XX:+UseSerialGC $node_flags -Dgodwit.node.flags="$node_flags" \
      -cp "$dist/lib/*" io.godwit.app.build.NodeTraining "$dist/node.record" 9>&- &&
      "$JDK/bin/java" -XX:AOTMode=create -XX:AOTConfiguration="$dist/node.record" \
        -XX:AOTCache="$dist/node.aot" -XX:+UseSerialGC $node_flags -cp "$dist/lib/*"
  } >>"$log" 2>&1 || say "no cache could be made for the daemon (see $log): its first moves are slower"
  rm -f "$dist/node.record"
fi
printf '%s\n' "$JDK" >"$dist/jdk"
mv "$dist/.stamp" "$dist/stamp"
