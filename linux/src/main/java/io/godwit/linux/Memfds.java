package io.godwit.linux;

import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import java.lang.foreign.Arena;

/** Files that live in memory only: memfd_create(2) and their seals. */
public final class Memfds {
  private Memfds() {}

  /**
   * @param name shown in /proc, at most 249 bytes
   * @param flags MFD_ALLOW_SEALING and so on; close-on-exec is added
   */
  public static Fd create(String name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return new Fd(
          (int)
              Native.call(
                  Syscall.MEMFD_CREATE,
                  name,
                  Native.text(arena, name).address(),
                  flags | TaskAbi.MFD_CLOEXEC,
                  0));
    }
  }

  /** F_SEAL bits of fcntl(2). EINVAL for a file that cannot be sealed. */
  public static int seals(Fd memfd) {
    return (int) Descriptors.control(memfd, FileAbi.F_GET_SEALS, 0);
  }

  public static void addSeals(Fd memfd, int seals) {
    Descriptors.control(memfd, FileAbi.F_ADD_SEALS, seals);
  }
}
