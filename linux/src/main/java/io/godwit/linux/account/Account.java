package io.godwit.linux.account;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * An entry of the user database; see getpwnam_r(3).
 *
 * @param name the login name
 * @param uid the user id
 * @param gid the primary group's id
 * @param home the home directory
 * @param shell the login shell
 */
public record Account(String name, int uid, int gid, String home, String shell) {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle GETPWNAM_R =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("getpwnam_r"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle GETPWUID_R =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("getpwuid_r"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

  /** Room for the texts of one entry. */
  private static final long BUFFER_BYTES = 64 << 10;

  private static final int MAX_NAME_BYTES = 256;

  // struct passwd of <pwd.h>: name, passwd, uid, gid, gecos, dir, shell
  private static final long PASSWD_BYTES = 48;
  private static final long NAME_OFFSET = 0;
  private static final long UID_OFFSET = 16;
  private static final long GID_OFFSET = 20;
  private static final long HOME_OFFSET = 32;
  private static final long SHELL_OFFSET = 40;

  /** The account of that name. */
  public static Optional<Account> named(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_BYTES || name.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(PASSWD_BYTES, 8);
      MemorySegment texts = arena.allocate(BUFFER_BYTES);
      MemorySegment found = arena.allocate(ADDRESS);
      int error =
          (int) GETPWNAM_R.invokeExact(arena.allocateFrom(name), entry, texts, BUFFER_BYTES, found);
      return read(error, entry, found);
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    }
  }

  /** The account of that user id. */
  public static Optional<Account> ofUid(int uid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(PASSWD_BYTES, 8);
      MemorySegment texts = arena.allocate(BUFFER_BYTES);
      MemorySegment found = arena.allocate(ADDRESS);
      int error = (int) GETPWUID_R.invokeExact(uid, entry, texts, BUFFER_BYTES, found);
      return read(error, entry, found);
    } catch (Throwable impossible) { // invokeExact declares it; the C library throws nothing
      throw new AssertionError(impossible);
    }
  }

  private static Optional<Account> read(int error, MemorySegment entry, MemorySegment found) {
    if (error != 0 || found.get(ADDRESS, 0).address() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Account(
            text(entry, NAME_OFFSET),
            entry.get(JAVA_INT, UID_OFFSET),
            entry.get(JAVA_INT, GID_OFFSET),
            text(entry, HOME_OFFSET),
            text(entry, SHELL_OFFSET)));
  }

  private static String text(MemorySegment entry, long offset) {
    MemorySegment pointer = entry.get(ValueLayout.ADDRESS, offset);
    return pointer.address() == 0 ? "" : pointer.reinterpret(BUFFER_BYTES).getString(0);
  }
}
