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
  private static final MethodHandle ACTIONS_INIT = handle("posix_spawn_file_actions_init", 1);
  private static final MethodHandle ACTIONS_DESTROY = handle("posix_spawn_file_actions_destroy", 1);
  private static final MethodHandle ADD_DUP2 =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("posix_spawn_file_actions_adddup2"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
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
   * @param inherited a descriptor that it gets although it is close-on-exec here, or -1
   * @return its process id, or -errno
   */
  public static int spawn(String path, int inherited, String... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(OPAQUE, 16);
      MemorySegment none = arena.allocate(OPAQUE, 16);
      MemorySegment all = arena.allocate(OPAQUE, 16).fill((byte) 0xff);
      int ignored = (int) ATTRIBUTES_INIT.invokeExact(attributes);
      ignored = (int) SET_FLAGS.invokeExact(attributes, (short) (SETSIGDEF | SETSIGMASK));
      ignored = (int) SET_MASK.invokeExact(attributes, none);
      ignored = (int) SET_DEFAULT.invokeExact(attributes, all);
      MemorySegment actions = MemorySegment.NULL;
      if (inherited >= 0) {
        actions = arena.allocate(OPAQUE, 16);
        ignored = (int) ACTIONS_INIT.invokeExact(actions);
        // The same number twice: posix_spawn then clears close-on-exec in the child.
        ignored = (int) ADD_DUP2.invokeExact(actions, inherited, inherited);
      }
      MemorySegment argv = arena.allocate(ADDRESS, arguments.length + 1);
      for (int i = 0; i < arguments.length; i++) {
        argv.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments[i]));
      }
      MemorySegment environment = arena.allocate(ADDRESS, 1);
      MemorySegment pid = arena.allocate(JAVA_INT);
      int error =
          (int)
              SPAWN.invokeExact(
                  pid, arena.allocateFrom(path), actions, attributes, argv, environment);
      if (inherited >= 0) {
        ignored = (int) ACTIONS_DESTROY.invokeExact(actions);
      }
      return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    }
  }
}
