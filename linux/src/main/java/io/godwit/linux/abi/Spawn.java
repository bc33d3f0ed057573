package io.godwit.linux.abi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * posix_spawn(3). A child of ProcessBuilder cannot be traced: the JDK's reaper thread waits for it
 * and takes its stops. The child starts with no signal blocked and all actions at their default.
 */
public final class Spawn {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SPAWN = handle("posix_spawn", 6);
  private static final MethodHandle ATTRIBUTES_INIT = handle("posix_spawnattr_init", 1);
  private static final MethodHandle SET_FLAGS =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("posix_spawnattr_setflags"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, java.lang.foreign.ValueLayout.JAVA_SHORT));
  private static final MethodHandle SET_MASK = handle("posix_spawnattr_setsigmask", 2);
  private static final MethodHandle SET_DEFAULT = handle("posix_spawnattr_setsigdefault", 2);
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;

  /** More than sizeof(posix_spawnattr_t), 336, and sizeof(sigset_t), 128. */
  private static final int OPAQUE = 512;

  private Spawn() {}

  private static MethodHandle handle(String name, int pointers) {
    java.lang.foreign.MemoryLayout[] arguments = new java.lang.foreign.MemoryLayout[pointers];
    java.util.Arrays.fill(arguments, ADDRESS);
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /**
   * Starts a program with an empty environment.
   *
   * @return its process id, or -errno
   */
  public static int spawn(String path, String... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(OPAQUE, 16);
      MemorySegment none = arena.allocate(OPAQUE, 16);
      MemorySegment all = arena.allocate(OPAQUE, 16).fill((byte) 0xff);
      int ignored = (int) ATTRIBUTES_INIT.invokeExact(attributes);
      ignored = (int) SET_FLAGS.invokeExact(attributes, (short) (SETSIGDEF | SETSIGMASK));
      ignored = (int) SET_MASK.invokeExact(attributes, none);
      ignored = (int) SET_DEFAULT.invokeExact(attributes, all);
      MemorySegment argv = arena.allocate(ADDRESS, arguments.length + 1);
      for (int i = 0; i < arguments.length; i++) {
        argv.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments[i]));
      }
      MemorySegment environment = arena.allocate(ADDRESS, 1);
      MemorySegment pid = arena.allocate(JAVA_INT);
      int error =
          (int)
              SPAWN.invokeExact(
                  pid, arena.allocateFrom(path), MemorySegment.NULL, attributes, argv, environment);
      return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    }
  }
}
