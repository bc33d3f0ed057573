package io.godwit.linux.abi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * posix_spawn(3). A child of ProcessBuilder cannot be traced: the JDK's reaper thread waits for it
 * and takes its stops. The child starts with no signal blocked and all actions at their default.
 *
 * <p>The JDK's own sockets are not close-on-exec, so that a child would keep the listening sockets
 * of this process open, and a child that is moved would even bind them again. So every descriptor
 * behind the standard ones is closed in the child.
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
  private static final MethodHandle ADD_OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("posix_spawn_file_actions_addopen"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD_CLOSE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("posix_spawn_file_actions_addclose"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  /** Since glibc 2.34; elsewhere the open descriptors are closed one by one. */
  private static final Optional<MethodHandle> ADD_CLOSE_FROM =
      LINKER
          .defaultLookup()
          .find("posix_spawn_file_actions_addclosefrom_np")
          .map(
              address ->
                  LINKER.downcallHandle(
                      address, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT)));

  private static final int FIRST_FREE = 3;
  private static final int O_RDWR = 2;
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
   * Starts a program with an empty environment, this process's standard descriptors and, if asked
   * for, one other.
   *
   * @param inherited a descriptor that it gets although it is close-on-exec here, or -1. Those
   *     below it that are not close-on-exec come along
   * @return its process id, or -errno
   */
  public static int spawn(String path, int inherited, String... arguments) {
    return spawn(path, inherited, false, arguments);
  }

  /**
   * Starts a program with an empty environment that has nothing of this process: its standard
   * descriptors are /dev/null.
   *
   * @return its process id, or -errno
   */
  public static int spawnApart(String path, String... arguments) {
    return spawn(path, -1, true, arguments);
  }

  private static int spawn(String path, int inherited, boolean apart, String... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(OPAQUE, 16);
      MemorySegment none = arena.allocate(OPAQUE, 16);
      MemorySegment all = arena.allocate(OPAQUE, 16).fill((byte) 0xff);
      int ignored = (int) ATTRIBUTES_INIT.invokeExact(attributes);
      ignored = (int) SET_FLAGS.invokeExact(attributes, (short) (SETSIGDEF | SETSIGMASK));
      ignored = (int) SET_MASK.invokeExact(attributes, none);
      ignored = (int) SET_DEFAULT.invokeExact(attributes, all);
      MemorySegment actions = arena.allocate(OPAQUE, 16);
      ignored = (int) ACTIONS_INIT.invokeExact(actions);
      if (inherited >= 0) {
        // The same number twice: posix_spawn then clears close-on-exec in the child.
        ignored = (int) ADD_DUP2.invokeExact(actions, inherited, inherited);
      }
      if (apart) {
        MemorySegment nothing = arena.allocateFrom("/dev/null");
        ignored = (int) ADD_OPEN.invokeExact(actions, 0, nothing, O_RDWR, 0);
        ignored = (int) ADD_DUP2.invokeExact(actions, 0, 1);
        ignored = (int) ADD_DUP2.invokeExact(actions, 0, 2);
      }
      closeFrom(actions, Math.max(FIRST_FREE, inherited + 1));
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
      ignored = (int) ACTIONS_DESTROY.invokeExact(actions);
      return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    }
  }

  private static void closeFrom(MemorySegment actions, int first) throws Throwable {
    if (ADD_CLOSE_FROM.isPresent()) {
      int ignored = (int) ADD_CLOSE_FROM.get().invokeExact(actions, first);
      return;
    }
    String[] open = new java.io.File("/proc/self/fd").list();
    for (String number : open == null ? new String[0] : open) {
      if (Integer.parseInt(number) >= first) {
        int ignored = (int) ADD_CLOSE.invokeExact(actions, Integer.parseInt(number));
      }
    }
  }
}
