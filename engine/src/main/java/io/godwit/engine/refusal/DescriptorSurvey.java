package io.godwit.engine.refusal;

import io.godwit.linux.FileStatus;
import io.godwit.linux.proc.FdInfo;
import io.godwit.linux.proc.FdLink;
import java.util.Optional;

/**
 * One descriptor of a process as it was seen.
 *
 * @param socket what it is, where it is a socket
 * @param fileSystem the type of the file system it lives in, such as {@code "ext4"}; empty where no
 *     mount of the process names it
 */
public record DescriptorSurvey(
    int number,
    FdLink link,
    FdInfo info,
    FileStatus status,
    Optional<SocketSurvey> socket,
    String fileSystem) {
  /**
   * A socket.
   *
   * @param listening whether it accepts connections
   * @param connected whether it has a peer
   * @param peer of a connected unix socket, the inode of the other one; 0 where that is gone
   * @param pending connections that wait to be accepted
   */
  public record SocketSurvey(
      int family,
      int type,
      int protocol,
      boolean listening,
      boolean connected,
      long peer,
      int pending) {}
}
