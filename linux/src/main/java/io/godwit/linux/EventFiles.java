package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Descriptors that stand for events: eventfd(2), timerfd_create(2), signalfd(2), epoll(7). */
public final class EventFiles {
  private static final long NANOS = 1_000_000_000L;

  /** struct epoll_event, packed on x86-64: events 4, data 8. */
  private static final int EPOLL_EVENT_BYTES = 12;

  private EventFiles() {}

  /** An eventfd with a count; counts from 2^32 on are set by writing. */
  public static Fd eventfd(int count, boolean semaphore) {
    return new Fd(
        (int)
            Native.call(
                Syscall.EVENTFD2,
                count,
                count,
                TaskAbi.EFD_CLOEXEC | (semaphore ? TaskAbi.EFD_SEMAPHORE : 0),
                0));
  }

  /** A timerfd on a clock, disarmed. */
  public static Fd timerfd(int clock) {
    return new Fd((int) Native.call(Syscall.TIMERFD_CREATE, clock, clock, TaskAbi.TFD_CLOEXEC, 0));
  }

  /**
   * timerfd_settime(2), nanoseconds.
   *
   * @param flags TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET
   * @param value first expiry, 0 disarms
   */
  public static void arm(Fd timerfd, int flags, long value, long interval) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment spec = arena.allocate(TaskAbi.ITIMERSPEC);
      spec.set(JAVA_LONG, 0, interval / NANOS);
      spec.set(JAVA_LONG, 8, interval % NANOS);
      spec.set(JAVA_LONG, 16, value / NANOS);
      spec.set(JAVA_LONG, 24, value % NANOS);
      Native.check(
          Kernel.call(Syscall.TIMERFD_SETTIME, timerfd.number(), flags, spec.address(), 0),
          Syscall.TIMERFD_SETTIME,
          timerfd);
    }
  }

  /** TFD_IOC_SET_TICKS: expirations that the next read will tell; at least 1. */
  public static void setTicks(Fd timerfd, long ticks) {
    try (Arena arena = Arena.ofConfined()) {
      Descriptors.ioctl(
          timerfd, TaskAbi.TFD_IOC_SET_TICKS, arena.allocateFrom(JAVA_LONG, ticks).address());
    }
  }

  /** A signalfd; signal n is bit n - 1 of the mask. It reads the signals of who reads it. */
  public static Fd signalfd(long mask) {
    try (Arena arena = Arena.ofConfined()) {
      return new Fd(
          (int)
              Native.check(
                  Kernel.call(
                      Syscall.SIGNALFD4,
                      -1,
                      arena.allocateFrom(JAVA_LONG, mask).address(),
                      8,
                      TaskAbi.SFD_CLOEXEC),
                  Syscall.SIGNALFD4,
                  Long.toHexString(mask)));
    }
  }

  public static Fd epoll() {
    return new Fd((int) Native.call(Syscall.EPOLL_CREATE1, "", TaskAbi.EPOLL_CLOEXEC, 0, 0));
  }

  /** EPOLL_CTL_ADD: the number of {@code target} here is what fdinfo will show. */
  public static void watch(Fd epoll, Fd target, int events, long data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EPOLL_EVENT_BYTES, 8);
      event.set(JAVA_INT_UNALIGNED, 0, events);
      event.set(JAVA_LONG_UNALIGNED, 4, data);
      Native.check(
          Kernel.call(
              Syscall.EPOLL_CTL,
              epoll.number(),
              TaskAbi.EPOLL_CTL_ADD,
              target.number(),
              event.address()),
          Syscall.EPOLL_CTL,
          epoll + " adds " + target);
    }
  }
}
