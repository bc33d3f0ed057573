# Sourced by the launchers: find_jdk sets JDK to a Java development kit 25 or later, or says what to
# install and returns 1. A JDK is told by its 'release' file, so that looking costs no start of it.

GODWIT_JAVA_NEEDED=25

# is_jdk DIR: whether DIR holds a JDK (with a compiler) that is new enough.
is_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  jdk_version=
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then
      jdk_version=${value#\"}
      jdk_version=${jdk_version%%[!0-9]*}
      break
    fi
  done <"$1/release"
  [ -n "$jdk_version" ] && [ "$jdk_version" -ge "$GODWIT_JAVA_NEEDED" ]
}

find_jdk() {
  JDK=
  java_on_path=$(command -v java 2>/dev/null)
  if [ -n "$java_on_path" ]; then
    java_on_path=$(readlink -f "$java_on_path")
    java_on_path=${java_on_path%/bin/java}
  fi
  javac_on_path=$(command -v javac 2>/dev/null)
  if [ -n "$javac_on_path" ]; then
    javac_on_path=$(readlink -f "$javac_on_path")
    javac_on_path=${javac_on_path%/bin/javac}
  fi
  for candidate in "${JAVA_HOME:-/nonexistent}" "${java_on_path:-/nonexistent}" \
    "${javac_on_path:-/nonexistent}" \
    /usr/lib/jvm/*25* /usr/lib/jvm/* /usr/java/* /usr/local/lib/jvm/* /usr/local/*jdk* \
    /opt/*jdk* /opt/*java* /opt/java/* /opt/jdk/* /opt/* \
    "${SDKMAN_DIR:-${HOME:-/nonexistent}/.sdkman}"/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/* "${HOME:-/nonexistent}"/.local/share/mise/installs/java/*; do
    if is_jdk "$candidate"; then
      JDK=$candidate
      return 0
    fi
  done
  cat >&2 <<EOF
GW-LAUNCH-001: godwit cannot start: there is no JDK $GODWIT_JAVA_NEEDED or later: looked at JAVA_HOME, PATH, /usr/lib/jvm, /usr/java, /usr/local, /opt, ~/.sdkman and ~/.jdks
  install one, then run this again; any of these will do:
    Debian, Ubuntu:  sudo apt-get install openjdk-25-jdk-headless   (where the release has it)
                     or temurin-25-jdk from https://adoptium.net/installation/linux
    Fedora, RHEL:    sudo dnf install java-25-openjdk-devel
    any:             unpack a JDK 25 for Linux x64 below /opt, or set JAVA_HOME to where it is
EOF
  return 1
}

# find_maven: sets MVN, or says what to install and returns 1.
find_maven() {
  MVN=$(command -v mvn 2>/dev/null)
  [ -n "$MVN" ] && return 0
  cat >&2 <<EOF
GW-LAUNCH-002: godwit cannot be built: there is no 'mvn' in PATH
  install Maven 3.8 or later, then run this again: sudo apt-get install maven
EOF
  return 1
}
