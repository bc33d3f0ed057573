package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sockets of any family: socket(2), bind(2), connect(2), listen(2), accept4(2), send(2), recv(2)
 * and their options. Descriptors are close-on-exec.
 */
public final class Sockets {
  /** Longest sockaddr, struct sockaddr_storage. */
  private static final int MAX_ADDRESS = 128;

  private Sockets() {}

  /** socket(2). */
  public static Fd create(int family, int type, int protocol) {
    return new Fd(
        (int)
            Native.call(
                Syscall.SOCKET,
                family + ", " + type + ", " + protocol,
                family,
                type | SocketAbi.SOCK_CLOEXEC,
                protocol));
  }

  public static void bind(Fd socket, SocketAddress address) {
    withAddress(Syscall.BIND, socket, address);
  }

  /** connect(2); EINPROGRESS of a socket that does not block is an error as others. */
  public static void connect(Fd socket, SocketAddress address) {
    withAddress(Syscall.CONNECT, socket, address);
  }

  private static void withAddress(Syscall call, Fd socket, SocketAddress address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sockaddr = Sockaddr.toNative(arena, address);
      Native.call(
          call, socket + ", " + address, socket.number(), sockaddr.address(), sockaddr.byteSize());
    }
  }

  public static void listen(Fd socket, int backlog) {
    Native.call(Syscall.LISTEN, socket, socket.number(), backlog, 0);
  }

  /** accept4(2): the next connection. */
  public static Fd accept(Fd socket) {
    long result;
    do {
      result = Kernel.call(Syscall.ACCEPT4, socket.number(), 0, 0, SocketAbi.SOCK_CLOEXEC);
    } while (result == -Errno.EINTR.number());
    return new Fd((int) Native.check(result, Syscall.ACCEPT4, socket));
  }

  /** shutdown(2) with SHUT_RD, SHUT_WR or SHUT_RDWR. */
  public static void shutdown(Fd socket, int how) {
    Native.call(Syscall.SHUTDOWN, socket, socket.number(), how, 0);
  }

  /** getsockname(2). */
  public static SocketAddress localAddress(Fd socket) {
    return address(Syscall.GETSOCKNAME, socket);
  }

  /** getpeername(2); ENOTCONN without a peer. */
  public static SocketAddress remoteAddress(Fd socket) {
    return address(Syscall.GETPEERNAME, socket);
  }

  private static SocketAddress address(Syscall call, Fd socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(MAX_ADDRESS, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, MAX_ADDRESS);
      Native.call(call, socket, socket.number(), out.address(), length.address());
      return Sockaddr.ofNative(out, Math.min(length.get(JAVA_INT, 0), MAX_ADDRESS));
    }
  }

  /** send(2) without SIGPIPE. */
  public static int send(Fd socket, ByteBuffer from, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = Native.source(arena, from);
      int n =
          (int)
              retry(
                  Syscall.SENDTO,
                  socket,
                  source.address(),
                  from.remaining(),
                  flags | SocketAbi.MSG_NOSIGNAL);
      from.position(from.position() + n);
      return n;
    }
  }

  /**
   * recv(2).
   *
   * @return bytes received; with MSG_TRUNC the length of the datagram, which may be more than fits
   */
  public static int receive(Fd socket, ByteBuffer into, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = Native.target(arena, into);
      int n = (int) retry(Syscall.RECVFROM, socket, target.address(), into.remaining(), flags);
      Native.deliver(into, target, Math.min(n, into.remaining()));
      return n;
    }
  }

  private static long retry(Syscall call, Fd socket, long address, long length, int flags) {
    long result;
    do {
      result = Kernel.call(call, socket.number(), address, length, flags, 0, 0);
    } while (result == -Errno.EINTR.number());
    return Native.check(result, call, socket);
  }

  /** getsockopt(2) of a number. */
  public static int intOption(Fd socket, int level, int name) {
    return option(socket, level, name, 4).getInt();
  }

  /**
   * getsockopt(2).
   *
   * @return what the kernel gave, at most {@code length} bytes, in the machine's order
   */
  public static ByteBuffer option(Fd socket, int level, int name, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(length, 8);
      MemorySegment size = arena.allocateFrom(JAVA_INT, length);
      Native.check(
          Kernel.call(
              Syscall.GETSOCKOPT, socket.number(), level, name, value.address(), size.address(), 0),
          Syscall.GETSOCKOPT,
          socket + ", level " + level + ", option " + name);
      return ByteBuffer.wrap(Native.bytes(value, Math.min(size.get(JAVA_INT, 0), length)))
          .order(ByteOrder.nativeOrder());
    }
  }

  /** setsockopt(2) of a number. */
  public static void setOption(Fd socket, int level, int name, int value) {
    ByteBuffer four = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, value);
    setOption(socket, level, name, four.array());
  }

  /** setsockopt(2) of bytes. */
  public static void setOption(Fd socket, int level, int name, byte[] value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, value.length), 8);
      MemorySegment.copy(value, 0, memory, JAVA_BYTE, 0, value.length);
      Native.check(
          Kernel.call(
              Syscall.SETSOCKOPT, socket.number(), level, name, memory.address(), value.length, 0),
          Syscall.SETSOCKOPT,
          socket + ", level " + level + ", option " + name);
    }
  }
}
