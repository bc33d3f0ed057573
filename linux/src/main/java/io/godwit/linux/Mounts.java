package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.MountAbi;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Mounting, in the calling thread's mount namespace: mount(2), umount2(2), pivot_root(2) and the
 * descriptors of Linux 5.2. A thread can have a mount namespace of its own: see {@link
 * Namespaces#onOwnThread}.
 */
public final class Mounts {
  private Mounts() {}

  /**
   * mount(2).
   *
   * @param source a device or a word such as "tmpfs"
   * @param flags MS_ bits of {@link MountAbi}
   * @param data options of the file system, may be empty
   */
  public static void mount(String source, String target, String type, long flags, String data) {
    try (Arena arena = Arena.ofConfined()) {
      Native.check(
          Kernel.call(
              Syscall.MOUNT,
              Native.text(arena, source).address(),
              Native.text(arena, target).address(),
              Native.text(arena, type).address(),
              flags,
              Native.text(arena, data).address(),
              0),
          Syscall.MOUNT,
          source + " on " + target + ", " + type + " " + data);
    }
  }

  /** Makes a tree appear at a second place, with everything mounted in it when recursive. */
  public static void bind(String source, String target, boolean recursive) {
    mount(source, target, "none", MountAbi.MS_BIND | (recursive ? MountAbi.MS_REC : 0), "");
  }

  /** Makes a bind mount read only. */
  public static void remountReadOnly(String target) {
    mount("none", target, "none", MountAbi.MS_REMOUNT | MountAbi.MS_BIND | MountAbi.MS_RDONLY, "");
  }

  /** MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE for a mount and all below it. */
  public static void setPropagation(String target, int propagation) {
    mount("none", target, "none", propagation | (long) MountAbi.MS_REC, "");
  }

  /**
   * umount2(2).
   *
   * @param flags MNT_DETACH, MNT_FORCE, UMOUNT_NOFOLLOW or 0
   */
  public static void unmount(String target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      Native.call(Syscall.UMOUNT2, target, Native.text(arena, target).address(), flags, 0);
    }
  }

  /** pivot_root(2). With "." twice the old root lies over the new one and is unmounted next. */
  public static void pivotRoot(String newRoot, String putOld) {
    try (Arena arena = Arena.ofConfined()) {
      Native.call(
          Syscall.PIVOT_ROOT,
          newRoot,
          Native.text(arena, newRoot).address(),
          Native.text(arena, putOld).address(),
          0);
    }
  }

  /** open_tree(2): a detached copy of the mount at a path, with those below when recursive. */
  public static Fd cloneTree(String path, boolean recursive) {
    try (Arena arena = Arena.ofConfined()) {
      return new Fd(
          (int)
              Native.call(
                  Syscall.OPEN_TREE,
                  path,
                  FileAbi.AT_FDCWD,
                  Native.text(arena, path).address(),
                  MountAbi.OPEN_TREE_CLONE
                      | MountAbi.OPEN_TREE_CLOEXEC
                      | (recursive ? MountAbi.AT_RECURSIVE : 0)));
    }
  }

  /** move_mount(2): attaches a detached mount at a path. */
  public static void attach(Fd detached, String path) {
    try (Arena arena = Arena.ofConfined()) {
      Native.check(
          Kernel.call(
              Syscall.MOVE_MOUNT,
              detached.number(),
              Native.text(arena, "").address(),
              FileAbi.AT_FDCWD,
              Native.text(arena, path).address(),
              MountAbi.MOVE_MOUNT_F_EMPTY_PATH,
              0),
          Syscall.MOVE_MOUNT,
          detached + " to " + path);
    }
  }

  /** fsopen(2): begins a new instance of a file system. */
  public static Fd openFileSystem(String type) {
    try (Arena arena = Arena.ofConfined()) {
      return new Fd(
          (int)
              Native.call(
                  Syscall.FSOPEN,
                  type,
                  Native.text(arena, type).address(),
                  MountAbi.FSOPEN_CLOEXEC,
                  0));
    }
  }

  /** fsconfig(2) FSCONFIG_SET_STRING: an option "name=value". */
  public static void configure(Fd fileSystem, String name, String value) {
    try (Arena arena = Arena.ofConfined()) {
      configure(
          fileSystem,
          MountAbi.FSCONFIG_SET_STRING,
          Native.text(arena, name).address(),
          Native.text(arena, value).address(),
          name + "=" + value);
    }
  }

  /** fsconfig(2) FSCONFIG_CMD_CREATE and fsmount(2): a detached mount of the new instance. */
  public static Fd createMount(Fd fileSystem, int attributes) {
    configure(fileSystem, MountAbi.FSCONFIG_CMD_CREATE, 0, 0, "create");
    return new Fd(
        (int)
            Native.call(
                Syscall.FSMOUNT,
                fileSystem,
                fileSystem.number(),
                MountAbi.FSMOUNT_CLOEXEC,
                attributes));
  }

  private static void configure(Fd fileSystem, int command, long key, long value, String on) {
    Native.check(
        Kernel.call(Syscall.FSCONFIG, fileSystem.number(), command, key, value, 0, 0),
        Syscall.FSCONFIG,
        fileSystem + ", " + on);
  }

  /**
   * mount_setattr(2) on a detached or attached mount.
   *
   * @param set MOUNT_ATTR_ bits to set
   * @param clear bits to clear
   */
  public static void setAttributes(Fd mount, boolean recursive, long set, long clear) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(MountAbi.MOUNT_ATTR);
      attributes.set(JAVA_LONG, 0, set);
      attributes.set(JAVA_LONG, 8, clear);
      Native.check(
          Kernel.call(
              Syscall.MOUNT_SETATTR,
              mount.number(),
              Native.text(arena, "").address(),
              FileAbi.AT_EMPTY_PATH | (recursive ? MountAbi.AT_RECURSIVE : 0),
              attributes.address(),
              attributes.byteSize(),
              0),
          Syscall.MOUNT_SETATTR,
          mount);
    }
  }
}
