package io.godwit.linux;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.List;

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
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /**
   * Keeps one more.
   *
   * @return false when there is no room for more
   */
  public boolean keep(Fd descriptor) {
    NativeBuffer buffer = message();
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

  /** struct msghdr at 0, its vector at 56, one byte of data at 72, control data from 80 on. */
  private static NativeBuffer message() {
    NativeBuffer buffer = NativeBuffer.allocate(80 + CONTROL);
    long base = buffer.address();
    buffer.putLong(16, base + 56).putLong(24, 1).putLong(32, base + 80).putLong(40, CONTROL);
    buffer.putLong(56, base + 72).putLong(64, 1);
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
