package io.godwit.linux.ipc;

import io.godwit.linux.Descriptors;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.function.LongSupplier;

/** What the three kinds have in common: chosen ids, creators, owners, settings. */
public final class IpcObjects {
  private static final String SETTINGS = "/proc/sys/kernel/";
  private static final int SETTING_BYTES = 256;
  private static final int UID_OFFSET = 4;
  private static final int GID_OFFSET = 8;
  private static final int MODE_OFFSET = 20;
  private static final int PERMISSIONS = 0777;

  private IpcObjects() {}

  /** Whose an object is, as in struct ipc_perm. */
  public record Owner(int user, int group, int creator, int creatorGroup, int mode) {
    /** The permission bits alone. */
    int permissions() {
      return mode & PERMISSIONS;
    }
  }

  /** A setting of the IPC namespace, a file of /proc/sys/kernel, without its line end. */
  public static String setting(String name) {
    return new String(
            Descriptors.readFile(SETTINGS + name, SETTING_BYTES),
            java.nio.charset.StandardCharsets.US_ASCII)
        .strip();
  }

  /** Sets a setting; needs root's rights over the namespace. */
  public static void setting(String name, String value) {
    Descriptors.writeFile(SETTINGS + name, value);
  }

  /**
   * Makes an object under a chosen id. The kernel takes the id from a setting, uses it once, and
   * makes another one where it is taken.
   *
   * @param kind shm, sem or msg
   * @throws IllegalStateException where the id is taken
   */
  static void make(String kind, int id, Owner owner, Syscall call, LongSupplier get) {
    setting(kind + "_next_id", Integer.toString(id));
    long made = LinuxException.check(as(owner, get), call, kind + " " + id);
    if (made != id) {
      throw new IllegalStateException(
          "the System V id %d of kind %s is taken: got %d".formatted(id, kind, made));
    }
  }

  /** The kernel notes the effective ids of who makes an object, and has no call to change them. */
  private static long as(Owner owner, LongSupplier get) {
    long group = Kernel.call(Syscall.GETEGID);
    long user = Kernel.call(Syscall.GETEUID);
    effectiveIds(owner.creator(), owner.creatorGroup());
    try {
      return get.getAsLong();
    } finally {
      effectiveIds((int) user, (int) group);
    }
  }

  /** Of this thread alone: the C library would tell all others. */
  private static void effectiveIds(int user, int group) {
    boolean root = user == 0;
    if (root) {
      set(Syscall.SETRESUID, Syscall.GETEUID, user);
    }
    set(Syscall.SETRESGID, Syscall.GETEGID, group);
    if (!root) {
      set(Syscall.SETRESUID, Syscall.GETEUID, user);
    }
  }

  private static void set(Syscall set, Syscall get, int id) {
    if ((int) Kernel.call(get) != id) {
      LinuxException.check(Kernel.call(set, -1, id, -1), set, Integer.toUnsignedString(id));
    }
  }

  /** Fills in the part of a struct that IPC_SET takes from struct ipc_perm. */
  static NativeBuffer permissions(int bytes, Owner owner) {
    return NativeBuffer.allocate(bytes)
        .clear()
        .putInt(UID_OFFSET, owner.user())
        .putInt(GID_OFFSET, owner.group())
        .putInt(MODE_OFFSET, owner.permissions());
  }

  static int creation(Owner owner) {
    return IpcAbi.IPC_CREAT | IpcAbi.IPC_EXCL | owner.permissions();
  }
}
