package io.godwit.app.demo;

import io.godwit.app.testbed.NodeClient;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/** How many instances of a program can run: not what the daemons say, but what the kernel does. */
final class Instances {
  private static final long SETTLE_SECONDS = 5;
  private static final long POLL_MILLIS = 2;

  private Instances() {}

  /**
   * The number once it is as wanted, or after some seconds. A copy at the source is killed a moment
   * after the move; a second that stays is one too many.
   */
  static long settled(List<NodeClient> nodes, String program, LongPredicate wanted)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    long instances = running(nodes, program);
    while (!wanted.test(instances) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      instances = running(nodes, program);
    }
    return instances;
  }

  private static long running(List<NodeClient> nodes, String program) {
    return nodes.stream().filter(client -> client.node().runs(program)).count();
  }
}
