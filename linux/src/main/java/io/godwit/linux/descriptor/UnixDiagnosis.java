package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * sock_diag(7) for unix sockets: the peer and the state of each, which /proc/net/unix does not
 * tell. Sees the network namespace of the calling thread.
 */
public final class UnixDiagnosis {
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short NLM_F_REQUEST_DUMP = 0x301;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int UDIAG_SHOW_PEER = 4;
  private static final int UDIAG_SHOW_ICONS = 8;
  private static final int UDIAG_SHOW_RQLEN = 16;
  private static final int UNIX_DIAG_PEER = 2;
  private static final int UNIX_DIAG_ICONS = 3;
  private static final int UNIX_DIAG_RQLEN = 4;
  private static final int UNIX_DIAG_SHUTDOWN = 6;
  private static final int MESSAGE_BYTES = 16;
  private static final int RECORD_BYTES = 16;
  private static final int BUFFER = 64 * 1024;

  /** More answers than this are not read: a kernel that never ends its dump. */
  private static final int MAX_ROUNDS = 100_000;

  /**
   * One unix socket.
   *
   * @param type SOCK_STREAM and its like
   * @param state 1 connected, 7 not connected, 10 listening
   * @param peer inode of the socket at the other end, 0 where there is none
   * @param pending inodes of connections that wait to be accepted (0 for those without)
   * @param receiveQueue bytes that wait; of a listening socket, connections
   * @param sendQueue bytes sent that the peer has not read; of a listening socket, the backlog
   * @param shutdown 1 receiving, 2 sending, 3 both
   */
  public record UnixSocket(
      int inode,
      int type,
      int state,
      int peer,
      List<Integer> pending,
      int receiveQueue,
      int sendQueue,
      int shutdown) {
    public UnixSocket {
      pending = List.copyOf(pending);
    }

    public boolean listening() {
      return state == 10;
    }
  }

  private UnixDiagnosis() {}

  /** All unix sockets of the namespace, by inode. */
  public static Map<Integer, UnixSocket> all() {
    Fd netlink = Sockets.create(Sockets.AF_NETLINK, 3, NETLINK_SOCK_DIAG);
    try {
      ByteBuffer request =
          ByteBuffer.allocate(MESSAGE_BYTES + 24)
              .order(ByteOrder.nativeOrder())
              .putInt(MESSAGE_BYTES + 24)
              .putShort(SOCK_DIAG_BY_FAMILY)
              .putShort(NLM_F_REQUEST_DUMP)
              .putInt(1)
              .putInt(0)
              .put((byte) Sockets.AF_UNIX)
              .put((byte) 0)
              .putShort((short) 0)
              .putInt(-1)
              .putInt(0)
              .putInt(UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS | UDIAG_SHOW_RQLEN)
              .putInt(-1)
              .putInt(-1);
      Sockets.send(netlink, request.array());
      Map<Integer, UnixSocket> found = new HashMap<>();
      for (int round = 0; round < MAX_ROUNDS; round++) {
        if (take(ByteBuffer.wrap(receive(netlink)).order(ByteOrder.nativeOrder()), found)) {
          return found;
        }
      }
      throw new IllegalStateException("sock_diag gave no end");
    } finally {
      Descriptors.close(netlink);
    }
  }

  private static byte[] receive(Fd netlink) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER, 8);
      long got = Kernel.call(Syscall.RECVFROM, netlink.number(), buffer.address(), BUFFER, 0, 0, 0);
      Calls.check(got, Syscall.RECVFROM, "sock_diag");
      return buffer.asSlice(0, got).toArray(JAVA_BYTE);
    }
  }

  /** Takes the messages of one answer; true at the end of the dump. */
  private static boolean take(ByteBuffer answer, Map<Integer, UnixSocket> found) {
    while (answer.remaining() >= MESSAGE_BYTES) {
      int start = answer.position();
      int length = answer.getInt(start);
      int type = answer.getShort(start + 4);
      if (length < MESSAGE_BYTES || start + length > answer.limit()) {
        throw new IllegalStateException("sock_diag gave a message of " + length + " bytes");
      }
      if (type == NLMSG_DONE) {
        return true;
      }
      if (type == NLMSG_ERROR) {
        Calls.check(
            answer.getInt(start + MESSAGE_BYTES), Syscall.RECVFROM, "sock_diag of unix sockets");
      } else if (length >= MESSAGE_BYTES + RECORD_BYTES) {
        UnixSocket socket = parse(answer.slice(start + 16, length - 16).order(answer.order()));
        found.put(socket.inode(), socket);
      }
      answer.position(Math.min(start + ((length + 3) & ~3), answer.limit()));
    }
    return false;
  }

  private static UnixSocket parse(ByteBuffer record) {
    int type = record.get(1);
    int state = record.get(2);
    int inode = record.getInt(4);
    int peer = 0;
    int receiveQueue = 0;
    int sendQueue = 0;
    int shutdown = 0;
    List<Integer> pending = new ArrayList<>();
    for (int at = RECORD_BYTES; at + 4 <= record.limit(); ) {
      int length = record.getShort(at) & 0xffff;
      if (length < 4 || at + length > record.limit()) {
        break;
      }
      switch (record.getShort(at + 2)) {
        case UNIX_DIAG_PEER -> peer = record.getInt(at + 4);
        case UNIX_DIAG_ICONS -> {
          for (int icon = at + 4; icon + 4 <= at + length; icon += 4) {
            pending.add(record.getInt(icon));
          }
        }
        case UNIX_DIAG_RQLEN -> {
          receiveQueue = record.getInt(at + 4);
          sendQueue = record.getInt(at + 8);
        }
        case UNIX_DIAG_SHUTDOWN -> shutdown = record.get(at + 4);
        default -> {}
      }
      at += (length + 3) & ~3;
    }
    return new UnixSocket(inode, type, state, peer, pending, receiveQueue, sendQueue, shutdown);
  }
}
