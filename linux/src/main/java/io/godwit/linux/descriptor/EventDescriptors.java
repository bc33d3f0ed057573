package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** eventfd(2), timerfd_create(2), signalfd(2), inotify(7) and epoll(7): made as they were. */
public final class EventDescriptors {
  /** Flag of eventfd(2). */
  public static final int EFD_SEMAPHORE = 1;

  /** Flag of timerfd_settime(2). */
  public static final int TFD_TIMER_ABSTIME = 1;

  /** Flag of timerfd_settime(2). */
  public static final int TFD_TIMER_CANCEL_ON_SET = 2;

  private static final long TFD_IOC_SET_TICKS = 0x40085400L;
  private static final long INOTIFY_IOC_SETNEXTWD = 0x40044900L;
  private static final int SIGNAL_SET_BYTES = 8;

  private EventDescriptors() {}

  /** eventfd2(2), close-on-exec. The counter of a 64-bit eventfd is written afterwards. */
  public static Fd event(int flags) {
    long result = Kernel.call(Syscall.EVENTFD2, 0, flags | FileAbi.O_CLOEXEC);
    return new Fd((int) Calls.check(result, Syscall.EVENTFD2, ""));
  }

  /** timerfd_create(2), close-on-exec. */
  public static Fd timer(int clock, int flags) {
    long result = Kernel.call(Syscall.TIMERFD_CREATE, clock, flags | FileAbi.O_CLOEXEC);
    return new Fd((int) Calls.check(result, Syscall.TIMERFD_CREATE, "clock " + clock));
  }

  /** The time to the next expiry (0: disarmed) and the interval of a timerfd. */
  public static IntervalTime timerTime(Fd timer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(IntervalTime.BYTES, 8);
      long result = Kernel.call(Syscall.TIMERFD_GETTIME, timer.number(), value.address());
      Calls.check(result, Syscall.TIMERFD_GETTIME, timer);
      return IntervalTime.readFrom(value);
    }
  }

  /** timerfd_settime(2). */
  public static void setTimer(Fd timer, int flags, IntervalTime time) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(IntervalTime.BYTES, 8);
      time.writeTo(value);
      long result = Kernel.call(Syscall.TIMERFD_SETTIME, timer.number(), flags, value.address(), 0);
      Calls.check(result, Syscall.TIMERFD_SETTIME, timer);
    }
  }

  /** Sets how many expiries wait to be read; needs a kernel with CHECKPOINT_RESTORE. */
  public static void setTimerTicks(Fd timer, long ticks) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(JAVA_LONG, ticks);
      Descriptors.ioctl(timer, TFD_IOC_SET_TICKS, value.address());
    }
  }

  /** signalfd4(2), close-on-exec. */
  public static Fd signals(long mask, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocateFrom(JAVA_LONG, mask);
      long result =
          Kernel.call(
              Syscall.SIGNALFD4, -1, set.address(), SIGNAL_SET_BYTES, flags | FileAbi.O_CLOEXEC);
      return new Fd((int) Calls.check(result, Syscall.SIGNALFD4, ""));
    }
  }

  /** epoll_create1(2), close-on-exec. */
  public static Fd epoll() {
    long result = Kernel.call(Syscall.EPOLL_CREATE1, FileAbi.O_CLOEXEC);
    return new Fd((int) Calls.check(result, Syscall.EPOLL_CREATE1, ""));
  }

  /** inotify_init1(2), close-on-exec. */
  public static Fd inotify(int flags) {
    long result = Kernel.call(Syscall.INOTIFY_INIT1, flags | FileAbi.O_CLOEXEC);
    return new Fd((int) Calls.check(result, Syscall.INOTIFY_INIT1, ""));
  }

  /** Adds a watch that gets the given descriptor number; needs CHECKPOINT_RESTORE. */
  public static void watch(Fd inotify, int number, String path, int mask) {
    Descriptors.ioctl(inotify, INOTIFY_IOC_SETNEXTWD, number);
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Kernel.call(
              Syscall.INOTIFY_ADD_WATCH,
              inotify.number(),
              arena.allocateFrom(path).address(),
              mask);
      long got = Calls.check(result, Syscall.INOTIFY_ADD_WATCH, path);
      if (got != number) {
        throw new IllegalStateException("watch " + number + " became " + got);
      }
    }
  }

  /** Bytes of events that wait to be read. */
  public static int waiting(Fd inotify) {
    return Descriptors.available(inotify);
  }

  /** Opens a file by its handle (name_to_handle_at(2)), or fails as the kernel says. */
  public static Fd openHandle(Fd mount, int type, byte[] handle) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment raw = arena.allocate(8L + handle.length, 8);
      raw.set(JAVA_INT, 0, handle.length);
      raw.set(JAVA_INT, 4, type);
      MemorySegment.copy(MemorySegment.ofArray(handle), 0, raw, 8, handle.length);
      long result =
          Kernel.call(
              Syscall.OPEN_BY_HANDLE_AT,
              mount.number(),
              raw.address(),
              FileAbi.O_PATH | FileAbi.O_CLOEXEC);
      return new Fd((int) Calls.check(result, Syscall.OPEN_BY_HANDLE_AT, mount));
    }
  }
}
