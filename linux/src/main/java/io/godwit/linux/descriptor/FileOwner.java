package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Whom the kernel tells of input on an open file, fcntl(2) F_GETOWN_EX and F_GETSIG.
 *
 * @param type F_OWNER_TID, F_OWNER_PID or F_OWNER_PGRP
 * @param pid as this process's PID namespace numbers it, 0 for nobody
 * @param signal 0 for SIGIO
 */
public record FileOwner(int type, int pid, int signal) {
  /** Asks the kernel. */
  public static FileOwner of(Fd fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment owner = arena.allocate(FileAbi.OWNER);
      Descriptors.control(fd, FileAbi.F_GETOWN_EX, owner.address());
      int signal = (int) Descriptors.control(fd, FileAbi.F_GETSIG, 0);
      return new FileOwner(owner.get(JAVA_INT, 0), owner.get(JAVA_INT, 4), signal);
    }
  }
}
