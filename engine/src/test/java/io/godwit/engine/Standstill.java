package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.engine.pages.Stillness;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.cgroup.Cgroup;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** Stops the processes of a tree by a control group of their own. */
final class Standstill implements Stillness, AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Cgroup root;
  private final Cgroup group;
  private int stops;

  private Standstill(Cgroup root, Cgroup group) {
    this.root = root;
    this.group = group;
  }

  /** For processes that do not run yet. */
  static Standstill of(RebuiltPod pod) {
    Cgroup root = Cgroup.root().orElse(null);
    Assumptions.assumeTrue(root != null, "needs cgroup v2");
    Cgroup group =
        root.create(
            "godwit-test-%d-%d"
                .formatted(ProcessHandle.current().pid(), NUMBERS.incrementAndGet()));
    pod.processes().forEach(process -> group.add(process.hostPid()));
    return new Standstill(root, group);
  }

  /** How often they were stopped. */
  int stops() {
    return stops;
  }

  @Override
  public void stop() {
    stops++;
    group.freeze();
  }

  @Override
  public void goOn() {
    group.thaw();
  }

  /** Gives the processes back to the root group. */
  @Override
  public void close() {
    while (group.isPopulated()) {
      for (Pid process : group.processes()) {
        try {
          root.add(process);
        } catch (LinuxException ended) {
          assertThat(ended.is(Errno.ESRCH)).isTrue();
        }
      }
    }
    group.remove();
  }
}
