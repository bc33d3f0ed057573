package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Waiting for descriptors: poll(2). The calling thread blocks; use a platform thread. */
public final class Poll {
  /** Most descriptors in one call. */
  public static final int MAX = 4096;

  private static final long POLLFD = SocketAbi.POLLFD.byteSize();

  private Poll() {}

  /** A descriptor and the events waited for, POLLIN and so on. */
  public record Interest(Fd fd, int events) {}

  /** Waits for one descriptor; the events that are there, or 0 when the time is over. */
  public static int await(Fd fd, int events, Duration atMost) {
    return await(List.of(new Interest(fd, events)), atMost).getFirst();
  }

  /**
   * Waits until something happens to one of them. POLLERR and POLLHUP are always waited for.
   *
   * @return the events of each, in the same order, all 0 when the time is over
   */
  public static List<Integer> await(List<Interest> interests, Duration atMost) {
    if (interests.size() > MAX) {
      throw new IllegalArgumentException("more than " + MAX + " descriptors");
    }
    long deadline = System.nanoTime() + atMost.toNanos();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(SocketAbi.POLLFD, Math.max(1, interests.size()));
      for (int i = 0; i < interests.size(); i++) {
        fds.set(JAVA_INT, i * POLLFD, interests.get(i).fd().number());
        fds.set(JAVA_SHORT, i * POLLFD + 4, (short) interests.get(i).events());
      }
      long result;
      do {
        // Rounded up, so that the last turn does not spin.
        long left = Math.max(0, deadline - System.nanoTime());
        int millis = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
        result = Kernel.call(Syscall.POLL, fds.address(), interests.size(), millis);
      } while (result == -Errno.EINTR.number());
      Native.check(result, Syscall.POLL, interests.size() + " descriptors");
      List<Integer> events = new ArrayList<>(interests.size());
      for (int i = 0; i < interests.size(); i++) {
        events.add(fds.get(JAVA_SHORT, i * POLLFD + 6) & 0xffff);
      }
      return events;
    }
  }
}
