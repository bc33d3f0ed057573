package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.UcredAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Unix domain sockets: pairs, descriptors passed over them, and who is at the other end. */
public final class UnixSockets {
  /** Descriptors in one message, the kernel's SCM_MAX_FD. */
  public static final int MAX_DESCRIPTORS = 253;

  private static final long HEADER = SocketAbi.CMSGHDR.byteSize();
  private static final long NAME = at("msg_name");
  private static final long VECTORS = at("msg_iov");
  private static final long VECTOR_COUNT = at("msg_iovlen");
  private static final long CONTROL = at("msg_control");
  private static final long CONTROL_LENGTH = at("msg_controllen");
  private static final long FLAGS = at("msg_flags");

  private UnixSockets() {}

  /** The two ends of socketpair(2). */
  public record Pair(Fd first, Fd second) {}

  /** Who made a connection. Ids are those of the reader's namespaces. */
  public record Peer(int pid, int uid, int gid) {}

  /**
   * A message with descriptors, which the receiver owns.
   *
   * @param bytes of the message, 0 when the other end has closed
   * @param truncated whether the kernel could not deliver all descriptors
   */
  public record Received(int bytes, List<Fd> descriptors, boolean truncated) {
    public Received {
      descriptors = List.copyOf(descriptors);
    }
  }

  /**
   * socketpair(2), close-on-exec.
   *
   * @param type SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET, with SOCK_NONBLOCK
   */
  public static Pair pair(int type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      Native.check(
          Kernel.call(
              Syscall.SOCKETPAIR,
              SocketAbi.AF_UNIX,
              type | SocketAbi.SOCK_CLOEXEC,
              0,
              ends.address()),
          Syscall.SOCKETPAIR,
          "AF_UNIX, " + type);
      return new Pair(new Fd(ends.getAtIndex(JAVA_INT, 0)), new Fd(ends.getAtIndex(JAVA_INT, 1)));
    }
  }

  /** SO_PEERCRED of a connected socket. */
  public static Peer peer(Fd socket) {
    ByteBuffer ucred =
        Sockets.option(
            socket, SocketAbi.SOL_SOCKET, SocketAbi.SO_PEERCRED, (int) UcredAbi.UCRED.byteSize());
    return new Peer(ucred.getInt(), ucred.getInt(), ucred.getInt());
  }

  /**
   * Sends bytes with descriptors, which stay open here as well; the same may be there several
   * times.
   *
   * @param bytes at least one, since a stream passes no descriptors without
   * @return bytes sent
   */
  public static int send(Fd socket, ByteBuffer bytes, List<Fd> descriptors) {
    if (descriptors.size() > MAX_DESCRIPTORS) {
      throw new IllegalArgumentException(
          descriptors.size() + " descriptors in a message, at most " + MAX_DESCRIPTORS);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = arena.allocate(space(Math.max(1, descriptors.size())), 8);
      if (!descriptors.isEmpty()) {
        control.set(JAVA_LONG, 0, HEADER + 4L * descriptors.size());
        control.set(JAVA_INT, 8, SocketAbi.SOL_SOCKET);
        control.set(JAVA_INT, 12, SocketAbi.SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
          control.set(JAVA_INT, HEADER + 4L * i, descriptors.get(i).number());
        }
      }
      MemorySegment source = Native.source(arena, bytes);
      MemorySegment message =
          message(
              arena,
              source,
              bytes.remaining(),
              control,
              descriptors.isEmpty() ? 0 : control.byteSize());
      int sent = (int) call(Syscall.SENDMSG, socket, message.address(), SocketAbi.MSG_NOSIGNAL);
      bytes.position(bytes.position() + sent);
      return sent;
    }
  }

  /**
   * Receives bytes and descriptors (close-on-exec).
   *
   * @param flags MSG_DONTWAIT, MSG_PEEK and so on, or 0
   */
  public static Received receive(Fd socket, ByteBuffer into, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = arena.allocate(space(MAX_DESCRIPTORS), 8);
      MemorySegment target = Native.target(arena, into);
      MemorySegment message = message(arena, target, into.remaining(), control, control.byteSize());
      int n =
          (int)
              call(Syscall.RECVMSG, socket, message.address(), flags | SocketAbi.MSG_CMSG_CLOEXEC);
      boolean truncated = (message.get(JAVA_INT, FLAGS) & SocketAbi.MSG_CTRUNC) != 0;
      List<Fd> received = descriptors(control, message.get(JAVA_LONG, CONTROL_LENGTH));
      // A datagram longer than the buffer never reports more than fits here without MSG_TRUNC.
      Native.deliver(into, target, Math.min(n, into.remaining()));
      return new Received(n, received, truncated);
    }
  }

  private static List<Fd> descriptors(MemorySegment control, long length) {
    List<Fd> received = new ArrayList<>();
    for (long at = 0; at + HEADER <= length; ) {
      long size = control.get(JAVA_LONG, at);
      if (size < HEADER || at + size > length) {
        return received;
      }
      boolean rights =
          control.get(JAVA_INT, at + 8) == SocketAbi.SOL_SOCKET
              && control.get(JAVA_INT, at + 12) == SocketAbi.SCM_RIGHTS;
      for (long i = at + HEADER; rights && i + 4 <= at + size; i += 4) {
        received.add(new Fd(control.get(JAVA_INT, i)));
      }
      at += (size + 7) & ~7L;
    }
    return received;
  }

  private static MemorySegment message(
      Arena arena, MemorySegment data, long length, MemorySegment control, long controlLength) {
    MemorySegment vector = arena.allocate(SocketAbi.IOVEC);
    vector.set(JAVA_LONG, 0, data.address());
    vector.set(JAVA_LONG, 8, length);
    MemorySegment message = arena.allocate(SocketAbi.MSGHDR);
    message.set(JAVA_LONG, NAME, 0);
    message.set(JAVA_LONG, VECTORS, vector.address());
    message.set(JAVA_LONG, VECTOR_COUNT, 1);
    message.set(JAVA_LONG, CONTROL, controlLength == 0 ? 0 : control.address());
    message.set(JAVA_LONG, CONTROL_LENGTH, controlLength);
    return message;
  }

  private static long call(Syscall call, Fd socket, long message, int flags) {
    long result;
    do {
      result = Kernel.call(call, socket.number(), message, flags);
    } while (result == -Errno.EINTR.number());
    return Native.check(result, call, socket);
  }

  /** CMSG_SPACE of that many descriptors. */
  private static long space(int descriptors) {
    return HEADER + ((4L * descriptors + 7) & ~7L);
  }

  private static long at(String member) {
    return FileAbi.offset(SocketAbi.MSGHDR, member);
  }
}
