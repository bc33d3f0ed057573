package io.godwit.linux.netlink;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Namespaces;
import io.godwit.linux.SocketAddress;
import io.godwit.linux.Sockets;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.NetlinkAbi;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A netlink socket: sends a request and gathers its answers. One thread at a time. */
final class NetlinkSocket implements AutoCloseable {
  /** Largest datagram that the kernel makes for a dump. */
  private static final int BUFFER = 256 << 10;

  /** Messages of one dump at most. */
  private static final int MAX_ANSWERS = 4_000_000;

  /** A dump that changed while it was read is begun again this often. */
  private static final int DUMP_TRIES = 10;

  private static final int HEADER = (int) NetlinkAbi.HEADER.byteSize();

  /** The kernel answers at once; this only ends a wait that a lost message would make endless. */
  private static final int TIMEOUT_SECONDS = 10;

  private final Fd fd;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
  private int sequence;

  private NetlinkSocket(Fd fd) {
    this.fd = fd;
  }

  /** In the calling thread's network namespace. */
  static NetlinkSocket open(int protocol) {
    Fd fd = Sockets.create(SocketAbi.AF_NETLINK, SocketAbi.SOCK_RAW, protocol);
    try {
      Sockets.bind(fd, new SocketAddress.Netlink(0, 0));
      Sockets.setOption(fd, SocketAbi.SOL_NETLINK, SocketAbi.NETLINK_EXT_ACK, 1);
      ByteBuffer timeout = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
      timeout.putLong(TIMEOUT_SECONDS).putLong(0);
      Sockets.setOption(fd, SocketAbi.SOL_SOCKET, SocketAbi.SO_RCVTIMEO, timeout.array());
      return new NetlinkSocket(fd);
    } catch (LinuxException e) {
      Descriptors.close(fd);
      throw e;
    }
  }

  static NetlinkSocket openIn(Fd networkNamespace, int protocol) {
    return Namespaces.inside(networkNamespace, () -> open(protocol));
  }

  /** A request that changes something: returns when the kernel has acknowledged it. */
  void change(int type, int flags, NetlinkMessage payload, String what) {
    exchange(type, flags | NetlinkAbi.NLM_F_ACK, payload, what);
  }

  /** Asks for all objects; each answer's payload, to be read at once or copied. */
  List<ByteBuffer> dump(int type, NetlinkMessage payload, String what) {
    for (int i = 1; ; i++) {
      try {
        return exchange(type, NetlinkAbi.NLM_F_DUMP, payload, what);
      } catch (LinuxException e) {
        if (!e.is(Errno.EAGAIN) || i == DUMP_TRIES) {
          throw e;
        }
      }
    }
  }

  private List<ByteBuffer> exchange(int type, int flags, NetlinkMessage payload, String what) {
    byte[] body = payload.bytes();
    sequence++;
    ByteBuffer out = ByteBuffer.allocate(HEADER + body.length).order(ByteOrder.nativeOrder());
    out.putInt(HEADER + body.length)
        .putShort((short) type)
        .putShort((short) (flags | NetlinkAbi.NLM_F_REQUEST))
        .putInt(sequence)
        .putInt(0)
        .put(body);
    Sockets.send(fd, out.flip(), 0);
    List<ByteBuffer> answers = new ArrayList<>();
    while (true) {
      in.clear();
      int length = Sockets.receive(fd, in, SocketAbi.MSG_TRUNC);
      if (length > BUFFER) {
        throw new LinuxException(
            Errno.EMSGSIZE.number(), Syscall.RECVFROM, what + ", an answer of " + length);
      }
      in.flip();
      if (take(answers, what)) {
        return answers;
      }
    }
  }

  /** Takes the messages of one datagram; true after the last of the answer. */
  private boolean take(List<ByteBuffer> answers, String what) {
    while (in.remaining() >= HEADER) {
      int at = in.position();
      int length = in.getInt(at);
      if (length < HEADER || length > in.remaining()) {
        throw new IllegalStateException("a netlink message of " + length + " bytes");
      }
      int type = in.getShort(at + 4) & 0xffff;
      int flags = in.getShort(at + 6) & 0xffff;
      boolean ours = in.getInt(at + 8) == sequence;
      ByteBuffer payload = in.slice(at + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
      in.position(Math.min(in.limit(), at + ((length + 3) & ~3)));
      if (!ours) {
        continue; // the rest of a request that was given up
      }
      if ((flags & NetlinkAbi.NLM_F_DUMP_INTR) != 0) {
        throw new LinuxException(Errno.EAGAIN.number(), Syscall.RECVFROM, what);
      }
      if (type == NetlinkAbi.NLMSG_ERROR) {
        check(payload, flags, what);
        return true;
      }
      if (type == NetlinkAbi.NLMSG_DONE) {
        int error = payload.remaining() >= 4 ? payload.getInt(0) : 0;
        LinuxException.check(error, Syscall.RECVFROM, what);
        return true;
      }
      if (answers.size() >= MAX_ANSWERS) {
        throw new LinuxException(Errno.E2BIG.number(), Syscall.RECVFROM, what);
      }
      ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).order(ByteOrder.nativeOrder());
      answers.add(copy.put(payload).flip());
    }
    return false;
  }

  /** The kernel's own words, where it has some, say more than errno. */
  private static void check(ByteBuffer payload, int flags, String what) {
    int error = payload.getInt(0);
    if (error == 0) {
      return;
    }
    String reason = "";
    if ((flags & NetlinkAbi.NLM_F_ACK_TLVS) != 0) {
      int request = (flags & NetlinkAbi.NLM_F_CAPPED) != 0 ? HEADER : payload.getInt(4);
      int from = 4 + ((request + 3) & ~3);
      if (from >= 4 && from <= payload.limit()) {
        ByteBuffer said =
            NetlinkMessage.attributes(
                    payload.duplicate().order(ByteOrder.nativeOrder()).position(from))
                .get(NetlinkAbi.NLMSGERR_ATTR_MSG);
        reason = said == null ? "" : ": " + NetlinkMessage.text(said);
      }
    }
    throw new LinuxException(-error, Syscall.SENDTO, what + reason);
  }

  @Override
  public void close() {
    Descriptors.close(fd);
  }
}
