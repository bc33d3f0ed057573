package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.core.Tid;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import io.godwit.linux.proc.ProcTask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** Where and how a thread is scheduled: affinity, policy, nice value, I/O priority. */
public final class Scheduling {
  /** Most processors of a machine that Godwit reckons with; the kernel's own limit is 8192. */
  public static final int MAX_PROCESSORS = 8192;

  private static final long FLAGS = at("sched_flags");
  private static final long POLICY = at("sched_policy");
  private static final long NICE = at("sched_nice");
  private static final long PRIORITY = at("sched_priority");
  private static final long RUNTIME = at("sched_runtime");
  private static final long DEADLINE = at("sched_deadline");
  private static final long PERIOD = at("sched_period");

  /** The nice value of whoever works while a program stands still. */
  private static final int HURRIED = -20;

  /** That of a daemon's threads, whose work others wait for, on a machine full of busy programs. */
  private static final int DAEMON = -5;

  /** getpriority(2) adds this, so that no value looks like an error. */
  private static final int NICE_BASE = 20;

  private Scheduling() {}

  /**
   * Lets every thread of this process go before other programs, as far as it may, but its first
   * one: that one does not work, and keeps what programs are started with ({@link #usualNice}).
   * What these threads start inherits theirs.
   */
  public static void standOut() {
    int self = (int) ProcessHandle.current().pid();
    for (Tid tid : new ProcTask("/proc/self").threads()) {
      if (tid.number() != self && niceOf(tid.number()) > DAEMON) {
        Kernel.call(Syscall.SETPRIORITY, 0, tid.number(), DAEMON);
      }
    }
  }

  /** The nice value that this process was started with. */
  public static int usualNice() {
    return niceOf((int) ProcessHandle.current().pid());
  }

  private static int niceOf(int tid) {
    return (int) (NICE_BASE - Kernel.call(Syscall.GETPRIORITY, 0, tid));
  }

  /** The calling thread is preferred until this is closed, on the same thread. */
  public interface Hurry extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Lets the calling thread go before others, as far as this process may: while it works a program
   * stands still. What it starts meanwhile inherits the nice value.
   */
  public static Hurry hurry() {
    int usual = niceOf(0);
    if (usual <= HURRIED || Kernel.call(Syscall.SETPRIORITY, 0, 0, HURRIED) < 0) {
      return () -> {};
    }
    return () -> Kernel.call(Syscall.SETPRIORITY, 0, 0, usual);
  }

  /**
   * What sched_getattr(2) says.
   *
   * @param policy SCHED_NORMAL and so on
   * @param flags SCHED_FLAG_RESET_ON_FORK and so on
   * @param priority of a real-time policy, 1 to 99
   * @param runtime nanoseconds, with SCHED_DEADLINE; else the slice that was asked for or 0
   */
  public record Attributes(
      int policy, long flags, int nice, int priority, long runtime, long deadline, long period) {}

  /** The processors that a thread may run on. */
  public static BitSet affinity(Tid tid) {
    return affinity(tid.number());
  }

  /** As above, of the calling thread. */
  public static BitSet ownAffinity() {
    return affinity(0);
  }

  private static BitSet affinity(int tid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MAX_PROCESSORS / 8, 8);
      long bytes =
          Native.call(Syscall.SCHED_GETAFFINITY, tid, tid, mask.byteSize(), mask.address());
      return BitSet.valueOf(Native.bytes(mask, bytes));
    }
  }

  /** EINVAL when none of them is on, or the cpuset allows none. */
  public static void setAffinity(Tid tid, BitSet processors) {
    setAffinity(tid.number(), processors);
  }

  /** As above, of the calling thread, which runs on one of them when this returns. */
  public static void setOwnAffinity(BitSet processors) {
    setAffinity(0, processors);
  }

  private static void setAffinity(int tid, BitSet processors) {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = processors.toByteArray();
      MemorySegment mask = arena.allocate(Math.max(8, (bytes.length + 7) & ~7), 8);
      MemorySegment.copy(bytes, 0, mask, JAVA_BYTE, 0, bytes.length);
      Native.call(
          Syscall.SCHED_SETAFFINITY, tid + ", " + processors, tid, mask.byteSize(), mask.address());
    }
  }

  public static Attributes attributes(Tid tid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate(TaskAbi.SCHED_ATTR);
      Native.check(
          Kernel.call(Syscall.SCHED_GETATTR, tid.number(), a.address(), a.byteSize(), 0),
          Syscall.SCHED_GETATTR,
          tid);
      return new Attributes(
          a.get(JAVA_INT, POLICY),
          a.get(JAVA_LONG, FLAGS),
          a.get(JAVA_INT, NICE),
          a.get(JAVA_INT, PRIORITY),
          a.get(JAVA_LONG, RUNTIME),
          a.get(JAVA_LONG, DEADLINE),
          a.get(JAVA_LONG, PERIOD));
    }
  }

  public static void setAttributes(Tid tid, Attributes attributes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate(TaskAbi.SCHED_ATTR);
      a.set(JAVA_INT, 0, (int) a.byteSize());
      a.set(JAVA_INT, POLICY, attributes.policy());
      a.set(JAVA_LONG, FLAGS, attributes.flags());
      a.set(JAVA_INT, NICE, attributes.nice());
      a.set(JAVA_INT, PRIORITY, attributes.priority());
      a.set(JAVA_LONG, RUNTIME, attributes.runtime());
      a.set(JAVA_LONG, DEADLINE, attributes.deadline());
      a.set(JAVA_LONG, PERIOD, attributes.period());
      Native.call(Syscall.SCHED_SETATTR, tid, tid.number(), a.address(), 0);
    }
  }

  /** ioprio_get(2): class in bits 13 to 15, level below; 0 when it was never set. */
  public static int ioPriority(Tid tid) {
    return (int) Native.call(Syscall.IOPRIO_GET, tid, TaskAbi.IOPRIO_WHO_PROCESS, tid.number(), 0);
  }

  public static void setIoPriority(Tid tid, int priority) {
    Native.call(Syscall.IOPRIO_SET, tid, TaskAbi.IOPRIO_WHO_PROCESS, tid.number(), priority);
  }

  private static long at(String member) {
    return FileAbi.offset(TaskAbi.SCHED_ATTR, member);
  }
}
