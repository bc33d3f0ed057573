package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sending signals: kill(2), tgkill(2), rt_sigqueueinfo(2). Signal 0 only asks for permission. */
public final class SignalSender {
  /** Bytes of siginfo_t. */
  public static final int SIGINFO_BYTES = 128;

  private SignalSender() {}

  public static void signal(Pid pid, int signal) {
    Native.call(Syscall.KILL, pid + ", " + signal, pid.number(), signal, 0);
  }

  /** To every process of a group. */
  public static void signalGroup(int group, int signal) {
    if (group <= 1) {
      throw new IllegalArgumentException("not a process group: " + group);
    }
    Native.call(Syscall.KILL, "group " + group + ", " + signal, -group, signal, 0);
  }

  public static void signal(Pid pid, Tid tid, int signal) {
    Native.call(Syscall.TGKILL, tid + ", " + signal, pid.number(), tid.number(), signal);
  }

  /**
   * Queues a signal with its siginfo_t. The kernel lets only the process itself claim a code of its
   * own (si_code >= 0): for that, inject the call.
   */
  public static void queue(Pid pid, int signal, byte[] siginfo) {
    try (Arena arena = Arena.ofConfined()) {
      Native.call(
          Syscall.RT_SIGQUEUEINFO,
          pid + ", " + signal,
          pid.number(),
          signal,
          siginfo(arena, siginfo).address());
    }
  }

  /** As above, for one thread. */
  public static void queue(Pid pid, Tid tid, int signal, byte[] siginfo) {
    try (Arena arena = Arena.ofConfined()) {
      Native.check(
          Kernel.call(
              Syscall.RT_TGSIGQUEUEINFO,
              pid.number(),
              tid.number(),
              signal,
              siginfo(arena, siginfo).address()),
          Syscall.RT_TGSIGQUEUEINFO,
          tid + ", " + signal);
    }
  }

  private static MemorySegment siginfo(Arena arena, byte[] bytes) {
    if (bytes.length > SIGINFO_BYTES) {
      throw new IllegalArgumentException("a siginfo_t has " + SIGINFO_BYTES + " bytes");
    }
    MemorySegment memory = arena.allocate(SIGINFO_BYTES, 8);
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
    return memory;
  }
}
