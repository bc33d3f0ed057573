package io.godwit.linux;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Descriptors that stay open when this process dies: they are on their way through a socket pair
 * (SCM_RIGHTS, unix(7)) whose receiving end another process holds as well. Whoever finds that end
 * later, with pidfd_getfd(2) for instance, can receive them. Not for two threads at once.
 */
public final class KeptDescriptors implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET_CLOEXEC_NONBLOCK = 5 | 0x80000 | 0x800;
  private static final int MSG_CMSG_CLOEXEC_DONTWAIT = 0x40000000 | 0x40;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int CONTROL_HEADER = 16;
  private static final int CONTROL = CONTROL_HEADER + 8;
  private static final int NUMBER_BYTES = 4;
  private static final int SO_PEEK_OFF = 42;
  private static final int MSG_PEEK = 2;

  /** The number of the sending end, which is kept as well: only so can more be added later. */
  private static final int ITSELF = -1;

  private final Fd sending;
  private final Fd receiving;
  private boolean closed;

  private KeptDescriptors(Fd sending, Fd receiving) {
    this.sending = sending;
    this.receiving = receiving;
  }

  /**
   * Makes one.
   *
   * @param keeper a stopped process, which holds the receiving end from now on
   * @param number under which it holds it
   */
  public static KeptDescriptors in(Injector keeper, Fd number) {
    NativeBuffer pair = NativeBuffer.allocate(8);
    LinuxException.check(
        Kernel.call(
            Syscall.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET_CLOEXEC_NONBLOCK, 0, pair.address()),
        Syscall.SOCKETPAIR,
        "kept descriptors");
    KeptDescriptors made = new KeptDescriptors(new Fd(pair.getInt(0)), new Fd(pair.getInt(4)));
    try (DescriptorChannel way = DescriptorChannel.openIn(keeper)) {
      int there = way.pass(keeper, List.of(made.receiving))[0];
      SyscallBatch batch = keeper.batch();
      if (there != number.number()) {
        batch.add(Syscall.DUP2, there, number.number());
        batch.add(Syscall.CLOSE, there);
      }
      batch.add(Syscall.CLOSE, way.remoteNumber());
      keeper.run(batch);
      if (!made.keep(made.sending, ITSELF)) {
        throw new LinuxException(
            Errno.EAGAIN.number(), Syscall.SENDMSG, "the first kept descriptor");
      }
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /**
   * What was kept, found again.
   *
   * @param kept to keep more, and to let go
   * @param descriptors own copies, by number; the caller closes them
   */
  public record Found(KeptDescriptors kept, Map<Integer, Fd> descriptors) {}

  /**
   * Finds again what was kept by a process that has died. Everything stays kept.
   *
   * @param receiving the end that the keeper holds; owned by this from now on
   */
  public static Found find(Fd receiving) {
    Map<Integer, Fd> found = new HashMap<>();
    peekFrom(receiving, 0);
    try {
      while (true) {
        NativeBuffer buffer = message();
        long result =
            Kernel.call(
                Syscall.RECVMSG,
                receiving.number(),
                buffer.address(),
                MSG_CMSG_CLOEXEC_DONTWAIT | MSG_PEEK);
        if (result < NUMBER_BYTES || buffer.getLong(40) < CONTROL_HEADER + 4) {
          break;
        }
        Fd earlier = found.put(buffer.getInt(72), new Fd(buffer.getInt(96)));
        if (earlier != null) {
          Kernel.call(Syscall.CLOSE, earlier.number());
        }
      }
    } finally {
      peekFrom(receiving, -1);
    }
    Fd sending = found.remove(ITSELF);
    if (sending == null) {
      found.values().forEach(each -> Kernel.call(Syscall.CLOSE, each.number()));
      Kernel.call(Syscall.CLOSE, receiving.number());
      throw new LinuxException(Errno.ENOENT.number(), Syscall.RECVMSG, "kept descriptors");
    }
    return new Found(new KeptDescriptors(sending, receiving), Map.copyOf(found));
  }

  /** From which byte on the next look begins (unix(7), SO_PEEK_OFF); -1 is the first message. */
  private static void peekFrom(Fd socket, int offset) {
    NativeBuffer value = NativeBuffer.allocate(4).putInt(0, offset);
    LinuxException.check(
        Kernel.call(
            Syscall.SETSOCKOPT, socket.number(), SOL_SOCKET, SO_PEEK_OFF, value.address(), 4, 0),
        Syscall.SETSOCKOPT,
        "SO_PEEK_OFF");
  }

  /**
   * Keeps one more.
   *
   * @param number by which it is found again, not negative
   * @return false when there is no room for more
   */
  public boolean keep(Fd descriptor, int number) {
    NativeBuffer buffer = message().putInt(72, number);
    long base = buffer.address();
    buffer.putLong(80, CONTROL_HEADER + 4L).putInt(88, SOL_SOCKET).putInt(92, SCM_RIGHTS);
    buffer.putInt(96, descriptor.number());
    long result =
        Kernel.call(Syscall.SENDMSG, sending.number(), base, MSG_CMSG_CLOEXEC_DONTWAIT & 0x40);
    if (result == -Errno.EAGAIN.number() || result == -Errno.ETOOMANYREFS.number()) {
      return false;
    }
    LinuxException.check(result, Syscall.SENDMSG, "kept descriptor " + descriptor);
    return true;
  }

  /** struct msghdr at 0, its vector at 56, a number as data at 72, control data from 80 on. */
  private static NativeBuffer message() {
    NativeBuffer buffer = NativeBuffer.allocate(80 + CONTROL);
    long base = buffer.address();
    buffer.putLong(16, base + 56).putLong(24, 1).putLong(32, base + 80).putLong(40, CONTROL);
    buffer.putLong(56, base + 72).putLong(64, NUMBER_BYTES);
    return buffer;
  }

  /** Lets go of all that are kept. */
  public void release() {
    while (true) {
      NativeBuffer buffer = message();
      long result =
          Kernel.call(
              Syscall.RECVMSG, receiving.number(), buffer.address(), MSG_CMSG_CLOEXEC_DONTWAIT);
      if (result <= 0) {
        return;
      }
      if (buffer.getLong(40) >= CONTROL_HEADER + 4) {
        Kernel.call(Syscall.CLOSE, buffer.getInt(96));
      }
    }
  }

  /** Closes this process's ends; what is kept stays kept by the other process. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Kernel.call(Syscall.CLOSE, sending.number());
      Kernel.call(Syscall.CLOSE, receiving.number());
    }
  }
}
