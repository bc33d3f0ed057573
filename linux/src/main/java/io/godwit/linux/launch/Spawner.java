package io.godwit.linux.launch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts an ELF file that exists only in memory, with posix_spawn(3): the virtual machine itself
 * must not fork, and its own process starter would reap the child behind our back.
 */
public final class Spawner {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle POSIX_SPAWN =
      bind(
          "posix_spawn",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle ACTIONS_INIT =
      bind("posix_spawn_file_actions_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ACTIONS_DUP2 =
      bind(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_DESTROY =
      bind("posix_spawn_file_actions_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));

  /** More than sizeof(posix_spawn_file_actions_t) of any C library. */
  private static final long ACTIONS_BYTES = 512;

  /** Copies of what is passed live from here on, so that no target number hits a source. */
  private static final int FIRST_COPY = 200;

  private Spawner() {}

  /**
   * Starts the program with the given descriptors and, besides, those of this process that are not
   * close-on-exec: the script's first step closes what it does not want.
   *
   * @param name what {@code /proc/PID/comm} shows at first
   * @param descriptors by their number in the new process, below 200
   */
  public static Pid spawn(byte[] elf, String name, Map<Integer, Fd> descriptors) {
    List<Fd> copies = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(ACTIONS_BYTES, 16);
      check((int) ACTIONS_INIT.invokeExact(actions), name);
      try {
        Fd file = FdCalls.duplicate(FdCalls.memoryFile(name, elf), FIRST_COPY, true, true);
        copies.add(file);
        for (Map.Entry<Integer, Fd> passed : descriptors.entrySet()) {
          Fd copy = FdCalls.duplicate(passed.getValue(), FIRST_COPY, true, false);
          copies.add(copy);
          check(
              (int) ACTIONS_DUP2.invokeExact(actions, copy.number(), (int) passed.getKey()), name);
        }
        MemorySegment pid = arena.allocate(JAVA_INT);
        MemorySegment path = arena.allocateFrom("/proc/self/fd/" + file.number());
        MemorySegment arguments = arena.allocate(ADDRESS, 2);
        arguments.set(ADDRESS, 0, arena.allocateFrom(name));
        MemorySegment environment = arena.allocate(ADDRESS, 1);
        check(
            (int)
                POSIX_SPAWN.invokeExact(
                    pid, path, actions, MemorySegment.NULL, arguments, environment),
            name);
        return new Pid(pid.get(JAVA_INT, 0));
      } finally {
        check((int) ACTIONS_DESTROY.invokeExact(actions), name);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    } finally {
      copies.forEach(FdCalls::close);
    }
  }

  private static void check(int errno, String name) {
    if (errno != 0) {
      throw new LinuxException(errno, Syscall.EXECVE, "posix_spawn of " + name);
    }
  }

  private static MethodHandle bind(String function, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(function), descriptor);
  }
}
