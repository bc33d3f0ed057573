package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** socket(7) and unix(7): made, measured, read without taking anything, and descriptors passed. */
public final class Sockets {
  /** Families of socket(2). */
  public static final int AF_UNIX = 1;

  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int AF_NETLINK = 16;

  /** Types of socket(2). */
  public static final int SOCK_STREAM = 1;

  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;

  /** Level and names of getsockopt(2). */
  public static final int SOL_SOCKET = 1;

  public static final int SO_REUSEADDR = 2;
  public static final int SO_TYPE = 3;
  public static final int SO_ERROR = 4;
  public static final int SO_BROADCAST = 6;
  public static final int SO_SNDBUF = 7;
  public static final int SO_RCVBUF = 8;
  public static final int SO_KEEPALIVE = 9;
  public static final int SO_OOBINLINE = 10;
  public static final int SO_PRIORITY = 12;
  public static final int SO_LINGER = 13;
  public static final int SO_REUSEPORT = 15;
  public static final int SO_PASSCRED = 16;
  public static final int SO_RCVLOWAT = 18;
  public static final int SO_RCVTIMEO = 20;
  public static final int SO_SNDTIMEO = 21;
  public static final int SO_TIMESTAMP = 29;
  public static final int SO_ACCEPTCONN = 30;
  public static final int SO_SNDBUFFORCE = 32;
  public static final int SO_RCVBUFFORCE = 33;
  public static final int SO_MARK = 36;
  public static final int SO_PROTOCOL = 38;
  public static final int SO_DOMAIN = 39;
  public static final int SO_PEEK_OFF = 42;

  /** The most descriptors that one message carries, SCM_MAX_FD. */
  public static final int MAX_RIGHTS = 253;

  /** The largest address that a socket can have, struct sockaddr_storage. */
  private static final int ADDRESS_BYTES = 128;

  private static final int SCM_RIGHTS = 1;
  private static final int MSG_PEEK = 2;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int CMSG_HEADER = 16;
  private static final int MSGHDR_BYTES = 56;
  private static final int PEEK_CHUNK = 256 * 1024;

  /**
   * What waits in a socket.
   *
   * @param messages one element a message; of a stream, pieces that belong together
   * @param descriptors whether descriptors travel with them
   */
  public record Queue(List<byte[]> messages, boolean descriptors) {
    public Queue {
      messages = List.copyOf(messages);
    }
  }

  /** The two sockets of a pair. */
  public record Pair(Fd first, Fd second) {}

  private Sockets() {}

  /** socket(2), close-on-exec. */
  public static Fd create(int family, int type, int protocol) {
    long result = Kernel.call(Syscall.SOCKET, family, type | FileAbi.O_CLOEXEC, protocol);
    return new Fd((int) Calls.check(result, Syscall.SOCKET, "family " + family + ", type " + type));
  }

  /** socketpair(2) of unix sockets, close-on-exec. */
  public static Pair pair(int type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(JAVA_INT, 2);
      long result =
          Kernel.call(Syscall.SOCKETPAIR, AF_UNIX, type | FileAbi.O_CLOEXEC, 0, both.address());
      Calls.check(result, Syscall.SOCKETPAIR, "");
      return new Pair(new Fd(both.getAtIndex(JAVA_INT, 0)), new Fd(both.getAtIndex(JAVA_INT, 1)));
    }
  }

  /** Sends descriptors with one byte of data; the receiver gets new ones of the same open files. */
  public static void sendRights(Fd socket, List<Fd> rights) {
    if (rights.isEmpty() || rights.size() > MAX_RIGHTS) {
      throw new IllegalArgumentException("a message carries 1 to 253 descriptors");
    }
    try (Arena arena = Arena.ofConfined()) {
      int length = CMSG_HEADER + 4 * rights.size();
      MemorySegment control = arena.allocate((length + 7) & ~7, 8);
      control.set(JAVA_LONG, 0, length);
      control.set(JAVA_INT, 8, SOL_SOCKET);
      control.set(JAVA_INT, 12, SCM_RIGHTS);
      for (int i = 0; i < rights.size(); i++) {
        control.set(JAVA_INT, CMSG_HEADER + 4L * i, rights.get(i).number());
      }
      MemorySegment header = header(arena, arena.allocate(1), control);
      long result = Kernel.call(Syscall.SENDMSG, socket.number(), header.address(), MSG_NOSIGNAL);
      Calls.check(result, Syscall.SENDMSG, socket + ", " + rights.size() + " descriptors");
    }
  }

  /** Receives descriptors as {@link #sendRights} sends them, close-on-exec. */
  public static List<Fd> receiveRights(Fd socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = arena.allocate(CMSG_HEADER + 4 * MAX_RIGHTS + 4, 8);
      MemorySegment header = header(arena, arena.allocate(1), control);
      long result =
          Kernel.call(Syscall.RECVMSG, socket.number(), header.address(), MSG_CMSG_CLOEXEC);
      Calls.check(result, Syscall.RECVMSG, socket);
      List<Fd> rights = new ArrayList<>();
      if (header.get(JAVA_LONG, 40) >= CMSG_HEADER && control.get(JAVA_INT, 12) == SCM_RIGHTS) {
        for (long at = CMSG_HEADER; at < control.get(JAVA_LONG, 0); at += 4) {
          rights.add(new Fd(control.get(JAVA_INT, at)));
        }
      }
      return rights;
    }
  }

  private static MemorySegment header(Arena arena, MemorySegment data, MemorySegment control) {
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(JAVA_LONG, 0, data.address());
    vector.set(JAVA_LONG, 8, data.byteSize());
    MemorySegment header = arena.allocate(MSGHDR_BYTES, 8);
    header.set(JAVA_LONG, 16, vector.address());
    header.set(JAVA_LONG, 24, 1);
    header.set(JAVA_LONG, 32, control.address());
    header.set(JAVA_LONG, 40, control.byteSize());
    return header;
  }

  /** getsockopt(2) of an int. */
  public static int option(Fd socket, int level, int name) {
    byte[] value = optionBytes(socket, level, name, 4);
    return value.length < 4
        ? 0
        : (value[0] & 0xff) | (value[1] & 0xff) << 8 | (value[2] & 0xff) << 16 | value[3] << 24;
  }

  /** getsockopt(2), at most so many bytes. */
  public static byte[] optionBytes(Fd socket, int level, int name, int limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(limit, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, limit);
      long result =
          Kernel.call(
              Syscall.GETSOCKOPT,
              socket.number(),
              level,
              name,
              value.address(),
              length.address(),
              0);
      Calls.check(result, Syscall.GETSOCKOPT, socket + ", option " + level + "/" + name);
      return value.asSlice(0, length.get(JAVA_INT, 0)).toArray(JAVA_BYTE);
    }
  }

  /** setsockopt(2) of an int. */
  public static void setOption(Fd socket, int level, int name, int value) {
    setOption(
        socket,
        level,
        name,
        new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
  }

  /** setsockopt(2). */
  public static void setOption(Fd socket, int level, int name, byte[] value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment raw = arena.allocateFrom(JAVA_BYTE, value);
      long result =
          Kernel.call(
              Syscall.SETSOCKOPT, socket.number(), level, name, raw.address(), value.length, 0);
      Calls.check(result, Syscall.SETSOCKOPT, socket + ", option " + level + "/" + name);
    }
  }

  /** The address that a socket is bound to, as struct sockaddr; two bytes where it has none. */
  public static byte[] localAddress(Fd socket) {
    return address(Syscall.GETSOCKNAME, socket);
  }

  /** The address of the peer, or nothing where it is not connected. */
  public static byte[] peerAddress(Fd socket) {
    try {
      return address(Syscall.GETPEERNAME, socket);
    } catch (LinuxException failure) {
      if (failure.is(Errno.ENOTCONN) || failure.is(Errno.EINVAL) || failure.is(Errno.EOPNOTSUPP)) {
        return new byte[0];
      }
      throw failure;
    }
  }

  private static byte[] address(Syscall call, Fd socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ADDRESS_BYTES, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
      long result = Kernel.call(call, socket.number(), value.address(), length.address());
      Calls.check(result, call, socket);
      return value.asSlice(0, Math.min(length.get(JAVA_INT, 0), ADDRESS_BYTES)).toArray(JAVA_BYTE);
    }
  }

  /** bind(2) to a struct sockaddr. */
  public static void bind(Fd socket, byte[] address) {
    addressed(Syscall.BIND, socket, address);
  }

  /** connect(2) to a struct sockaddr. */
  public static void connect(Fd socket, byte[] address) {
    addressed(Syscall.CONNECT, socket, address);
  }

  private static void addressed(Syscall call, Fd socket, byte[] address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment raw = arena.allocate(Math.max(address.length, 2), 8);
      MemorySegment.copy(address, 0, raw, JAVA_BYTE, 0, address.length);
      long result = Kernel.call(call, socket.number(), raw.address(), address.length);
      Calls.check(result, call, socket);
    }
  }

  /** listen(2). */
  public static void listen(Fd socket, int backlog) {
    long result = Kernel.call(Syscall.LISTEN, socket.number(), backlog);
    Calls.check(result, Syscall.LISTEN, socket);
  }

  /** shutdown(2): 0 receiving, 1 sending, 2 both. */
  public static void shutdown(Fd socket, int how) {
    long result = Kernel.call(Syscall.SHUTDOWN, socket.number(), how);
    Calls.check(result, Syscall.SHUTDOWN, socket);
  }

  /** Sends one message without waiting. */
  public static void send(Fd socket, byte[] message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment raw = arena.allocate(Math.max(message.length, 1), 8);
      MemorySegment.copy(message, 0, raw, JAVA_BYTE, 0, message.length);
      long sent = 0;
      do {
        long result =
            Kernel.call(
                Syscall.SENDTO,
                socket.number(),
                raw.address() + sent,
                message.length - sent,
                MSG_NOSIGNAL | MSG_DONTWAIT,
                0,
                0);
        sent += Calls.check(result, Syscall.SENDTO, socket);
      } while (sent < message.length);
    }
  }

  /**
   * What waits in a unix socket, left in it: MSG_PEEK with a moving SO_PEEK_OFF. The socket's own
   * SO_PEEK_OFF is put back.
   *
   * @param limit more bytes than this are an error
   */
  public static Queue peek(Fd socket, int limit) {
    int before = option(socket, SOL_SOCKET, SO_PEEK_OFF);
    setOption(socket, SOL_SOCKET, SO_PEEK_OFF, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(PEEK_CHUNK);
      MemorySegment control = arena.allocate(CMSG_HEADER + 4 * MAX_RIGHTS + 64, 8);
      List<byte[]> messages = new ArrayList<>();
      boolean descriptors = false;
      long total = 0;
      while (total <= limit) {
        MemorySegment header = header(arena, data, control);
        long got =
            Kernel.call(
                Syscall.RECVMSG,
                socket.number(),
                header.address(),
                MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
        if (got == -Errno.EAGAIN.number() || (got == 0 && endOfStream(socket))) {
          return new Queue(messages, descriptors);
        }
        Calls.check(got, Syscall.RECVMSG, socket);
        descriptors |= closeRights(control, header.get(JAVA_LONG, 40));
        if (got > PEEK_CHUNK) {
          throw new LinuxException(
              Errno.EMSGSIZE.number(), Syscall.RECVMSG, socket + ", a message of " + got);
        }
        messages.add(data.asSlice(0, got).toArray(JAVA_BYTE));
        total += Math.max(got, 1);
      }
      throw new LinuxException(
          Errno.EMSGSIZE.number(), Syscall.RECVMSG, socket + ", more than " + limit + " bytes");
    } finally {
      setOption(socket, SOL_SOCKET, SO_PEEK_OFF, before);
    }
  }

  /** A read of nothing is the end of a stream, but an empty message of another socket. */
  private static boolean endOfStream(Fd socket) {
    return option(socket, SOL_SOCKET, SO_TYPE) != SOCK_DGRAM;
  }

  /** Peeking at descriptors receives them too: closed at once. */
  private static boolean closeRights(MemorySegment control, long length) {
    boolean found = false;
    for (long at = 0; at + CMSG_HEADER <= length; ) {
      long size = control.get(JAVA_LONG, at);
      if (size < CMSG_HEADER) {
        break;
      }
      if (control.get(JAVA_INT, at + 8) == SOL_SOCKET
          && control.get(JAVA_INT, at + 12) == SCM_RIGHTS) {
        found = true;
        for (long fd = at + CMSG_HEADER; fd < at + size; fd += 4) {
          Descriptors.close(new Fd(control.get(JAVA_INT, fd)));
        }
      }
      at += (size + 7) & ~7L;
    }
    return found;
  }

  /** The pieces as one run of bytes, for streams. */
  public static byte[] join(Queue queue) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    queue.messages().forEach(all::writeBytes);
    return all.toByteArray();
  }
}
