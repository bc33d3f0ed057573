package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.engine.refusal.DescriptorSurvey.SocketSurvey;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.descriptor.Namespaces;
import io.godwit.linux.descriptor.ProcessDescriptors;
import io.godwit.linux.descriptor.Sockets;
import io.godwit.linux.descriptor.UnixDiagnosis;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at sockets of other processes by fetching them for a moment. Keeps one descriptor for each
 * process and one diagnosis for each network namespace until it is closed.
 */
final class SocketLooker implements AutoCloseable {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int TCP_ESTABLISHED = 1;
  private static final int TCP_CLOSE = 7;
  private static final int TCP_LISTEN = 10;

  private final Map<Pid, Fd> processes = new HashMap<>();
  private final Map<String, Map<Integer, UnixDiagnosis.UnixSocket>> diagnoses = new HashMap<>();

  Optional<SocketSurvey> look(Pid pid, int number) {
    try {
      Fd socket =
          ProcessDescriptors.fetch(
              processes.computeIfAbsent(pid, ProcessDescriptors::ofProcess), number);
      try {
        return Optional.of(describe(pid, socket));
      } finally {
        Descriptors.close(socket);
      }
    } catch (LinuxException failure) {
      if (failure.is(Errno.EBADF) || failure.is(Errno.ESRCH) || failure.is(Errno.ENOTSOCK)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private SocketSurvey describe(Pid pid, Fd socket) {
    int family = Sockets.option(socket, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN);
    int type = Sockets.option(socket, Sockets.SOL_SOCKET, Sockets.SO_TYPE);
    int protocol = Sockets.option(socket, Sockets.SOL_SOCKET, Sockets.SO_PROTOCOL);
    if (family == Sockets.AF_UNIX) {
      return unix(pid, socket, type);
    }
    if (protocol == IPPROTO_TCP) {
      byte[] info = Sockets.optionBytes(socket, IPPROTO_TCP, TCP_INFO, 1);
      int state = info.length == 0 ? TCP_ESTABLISHED : info[0];
      boolean listening = state == TCP_LISTEN;
      return new SocketSurvey(
          family, type, protocol, listening, !listening && state != TCP_CLOSE, 0, 0);
    }
    boolean connected = Sockets.peerAddress(socket).length > 0;
    return new SocketSurvey(family, type, protocol, false, connected, 0, 0);
  }

  private SocketSurvey unix(Pid pid, Fd socket, int type) {
    int inode = (int) Descriptors.status(socket).inode();
    String namespace = Descriptors.readLink("/proc/" + pid + "/ns/net");
    UnixDiagnosis.UnixSocket found =
        diagnoses
            .computeIfAbsent(
                namespace,
                _ -> Namespaces.inNetwork("/proc/" + pid + "/ns/net", UnixDiagnosis::all))
            .get(inode);
    if (found == null) {
      return new SocketSurvey(Sockets.AF_UNIX, type, 0, false, false, 0, 0);
    }
    return new SocketSurvey(
        Sockets.AF_UNIX,
        type,
        0,
        found.listening(),
        found.peer() != 0,
        Integer.toUnsignedLong(found.peer()),
        found.pending().size());
  }

  @Override
  public void close() {
    processes.values().forEach(Descriptors::close);
  }
}
