package io.godwit.linux.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The lower tier of the bindings: any system call by its name, with the result as the kernel gives
 * it, >= 0 or -errno. It calls the C library's {@code syscall(2)}, so that no wrapper of the
 * library changes arguments or results. The upper tier turns a negative result into a {@link
 * io.godwit.linux.LinuxException}.
 */
public final class Kernel {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));
  private static final Architecture ARCHITECTURE = Architecture.current();

  /** Where a failing call leaves errno; one for each thread, freed with it. */
  private static final ThreadLocal<MemorySegment> CAPTURED =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private Kernel() {}

  /** Calls with no argument. */
  public static long call(Syscall call) {
    return call(call, 0, 0, 0, 0, 0, 0);
  }

  /** Calls with one argument. */
  public static long call(Syscall call, long a) {
    return call(call, a, 0, 0, 0, 0, 0);
  }

  /** Calls with two arguments. */
  public static long call(Syscall call, long a, long b) {
    return call(call, a, b, 0, 0, 0, 0);
  }

  /** Calls with three arguments. */
  public static long call(Syscall call, long a, long b, long c) {
    return call(call, a, b, c, 0, 0, 0);
  }

  /** Calls with four arguments. */
  public static long call(Syscall call, long a, long b, long c, long d) {
    return call(call, a, b, c, d, 0, 0);
  }

  /**
   * Calls with up to six arguments; pointers are addresses of native memory that stays alive for
   * the call.
   *
   * @return the kernel's result, >= 0, or -errno
   */
  public static long call(Syscall call, long a, long b, long c, long d, long e, long f) {
    int number = ARCHITECTURE.number(call);
    if (number < 0) {
      return -Errno.ENOSYS.number();
    }
    MemorySegment captured = CAPTURED.get();
    try {
      long result = (long) SYSCALL.invokeExact(captured, (long) number, a, b, c, d, e, f);
      // Only after a failure: success leaves stale values in the capture buffer.
      return result == -1 ? -captured.get(JAVA_INT, 0) : result;
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    }
  }
}
