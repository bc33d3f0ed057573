package io.godwit.linux.ipc;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;

/** Shared memory segments, shmget(2). */
public final class SharedSegments {
  private static final long PAGE = 4096;

  /** struct shmid_ds; only its beginning is used. */
  private static final int SHMID_DS_BYTES = 112;

  private SharedSegments() {}

  /** Makes an empty segment. */
  public static void create(int id, int key, long size, IpcObjects.Owner owner) {
    IpcObjects.make(
        "shm",
        id,
        owner,
        Syscall.SHMGET,
        () -> Kernel.call(Syscall.SHMGET, key, size, IpcObjects.creation(owner)));
    control(id, IpcAbi.IPC_SET, IpcObjects.permissions(SHMID_DS_BYTES, owner).address());
  }

  /**
   * The file behind a segment. Attaches the segment for a moment, which changes the times and the
   * last user that shmctl(2) tells of it.
   *
   * @return to be closed by the caller; it stays usable in other namespaces
   */
  public static Fd open(int id, long size, boolean writable) {
    long at =
        LinuxException.check(
            Kernel.call(Syscall.SHMAT, id, 0, writable ? 0 : IpcAbi.SHM_RDONLY),
            Syscall.SHMAT,
            "segment " + id);
    try {
      long end = at + (size + PAGE - 1) / PAGE * PAGE;
      return Descriptors.open(
          "/proc/self/map_files/%x-%x".formatted(at, end),
          FileAbi.O_CLOEXEC | (writable ? FileAbi.O_RDWR : FileAbi.O_RDONLY));
    } finally {
      Kernel.call(Syscall.SHMDT, at);
    }
  }

  /** Keeps the pages from being swapped; gives back whether that is allowed. */
  public static boolean lock(int id) {
    return Kernel.call(Syscall.SHMCTL, id, IpcAbi.SHM_LOCK, 0) >= 0;
  }

  /** Lets the segment end with its last attachment. */
  public static void remove(int id) {
    control(id, IpcAbi.IPC_RMID, 0);
  }

  private static void control(int id, int command, long argument) {
    LinuxException.check(
        Kernel.call(Syscall.SHMCTL, id, command, argument), Syscall.SHMCTL, "segment " + id);
  }
}
