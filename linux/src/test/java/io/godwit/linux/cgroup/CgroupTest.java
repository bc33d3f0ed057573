package io.godwit.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.core.Pid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.proc.MountInfo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Freezes and kills a real process in a group of its own. */
class CgroupTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void freezesThawsAndKills() throws Exception {
    Cgroup root = Cgroup.root().orElse(null);
    assumeTrue(root != null, "no cgroup v2 is mounted");
    Cgroup group = null;
    try {
      group = root.create("godwit-linux-" + ProcessHandle.current().pid());
    } catch (LinuxException e) {
      assumeTrue(false, "no control group can be made: " + e.getMessage());
    }
    Process sleeper = new ProcessBuilder("sleep", "600").start();
    try {
      Pid pid = new Pid((int) sleeper.pid());
      assertThat(group.isPopulated()).isFalse();
      group.add(pid);
      assertThat(group.processes()).containsExactly(pid);
      assertThat(group.threads()).containsExactly(pid.mainThread());
      assertThat(group.isPopulated()).isTrue();
      group.freeze();
      assertThat(group.awaitFrozen(LONG)).isTrue();
      assertThat(group.isFrozen()).isTrue();
      group.thaw();
      assertThat(group.isFreezing()).isFalse();
      assertThat(group.awaitEmpty(Duration.ofMillis(1))).isFalse();
      group.freeze();
      group.kill();
      assertThat(sleeper.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(group.awaitEmpty(LONG)).isTrue();
    } finally {
      sleeper.destroyForcibly().waitFor();
      group.remove();
    }
    assertThat(group.exists()).isFalse();
    assertThat(root.children()).doesNotContain(group);
  }

  @Test
  void errors() {
    Cgroup root = new Cgroup("/sys/fs/cgroup/there-is-no-such-group");
    assertThat(root.exists()).isFalse();
    assertThatThrownBy(() -> root.create("x"))
        .isInstanceOfSatisfying(
            LinuxException.class,
            e -> assertThat(e.is(Errno.ENOENT) || e.is(Errno.EROFS)).isTrue());
    assertThatThrownBy(() -> root.child("../x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void foundBesideVersion1() {
    List<MountInfo> mounts =
        MountInfo.parse(
            """
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """);
    assertThat(Cgroup.root(mounts)).contains(new Cgroup("/sys/fs/cgroup/unified"));
    assertThat(Cgroup.root(mounts.subList(0, 1))).isEmpty();
  }
}
