package io.godwit.engine.pages;

import io.godwit.core.Pid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;

/**
 * Whether a running process may read files past the page cache (O_DIRECT, open(2)). Such a read has
 * pinned the pages it fills before it waits for the device: the device writes them whatever is
 * protected meanwhile, and no dirty tracking tells of it.
 */
final class DirectReads {
  private DirectReads() {}

  /**
   * @throws LinuxException ENOENT or ESRCH when the process has ended
   */
  static boolean possible(Pid hostPid) {
    ProcTask process = ProcFs.host().process(hostPid);
    return process.descriptors().stream()
        .anyMatch(
            fd -> {
              try {
                return (process.fdInfo(fd).flags() & FileAbi.O_DIRECT) != 0;
              } catch (LinuxException closed) {
                if (closed.is(Errno.ENOENT)) {
                  return false;
                }
                throw closed;
              }
            });
  }
}
