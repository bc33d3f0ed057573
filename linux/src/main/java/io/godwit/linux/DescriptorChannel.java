package io.godwit.linux;

import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.List;

/**
 * A socket pair through which this process passes descriptors to stubs (SCM_RIGHTS). One end stays
 * here; the other is inherited by the first stub and by all that it becomes. Several descriptors go
 * in one message; the receiver gets them at its lowest free numbers, in order.
 */
public final class DescriptorChannel implements AutoCloseable {
  /** The most descriptors in one message (SCM_MAX_FD). */
  public static final int MAX_DESCRIPTORS = 253;

  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int CONTROL_HEADER = 16;

  private final Fd local;
  private final Fd remote;
  private int remoteNumber;
  private boolean remoteClosed;

  private DescriptorChannel(Fd local, Fd remote) {
    this.local = local;
    this.remote = remote;
    this.remoteNumber = remote.number();
  }

  public static DescriptorChannel open() {
    NativeBuffer pair = NativeBuffer.allocate(8);
    LinuxException.check(
        Kernel.call(Syscall.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0, pair.address()),
        Syscall.SOCKETPAIR,
        "descriptor channel");
    return new DescriptorChannel(new Fd(pair.getInt(0)), new Fd(pair.getInt(4)));
  }

  /**
   * Opens one between this process and a stopped one that has inherited nothing from it: the pair
   * is made there and one end fetched with pidfd_getfd(2).
   */
  public static DescriptorChannel openIn(Injector stopped) {
    SyscallBatch batch = stopped.batch();
    long pair = batch.reserve(8);
    batch.add(Syscall.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0, pair);
    stopped.run(batch);
    int theirs = batch.number(pair);
    int ours = batch.number(pair + 4);
    int pid = stopped.memory().pid().number();
    long pidfd =
        LinuxException.check(
            Kernel.call(Syscall.PIDFD_OPEN, pid, 0), Syscall.PIDFD_OPEN, "process " + pid);
    try {
      long fetched = Kernel.call(Syscall.PIDFD_GETFD, pidfd, ours, 0);
      LinuxException.check(fetched, Syscall.PIDFD_GETFD, "process " + pid + ", fd " + ours);
      stopped.check(Syscall.CLOSE, "channel end", ours);
      DescriptorChannel channel = new DescriptorChannel(new Fd((int) fetched), new Fd(theirs));
      channel.remoteClosed = true; // this process never had it
      return channel;
    } finally {
      Kernel.call(Syscall.CLOSE, pidfd);
    }
  }

  /** This process's end. */
  public Fd local() {
    return local;
  }

  /** The other end, as a descriptor of this process, for stubs to inherit. */
  public Fd remote() {
    return remote;
  }

  /** The number that the other end has inside the stubs. */
  public int remoteNumber() {
    return remoteNumber;
  }

  /** Says that the stubs have moved it. */
  public void remoteNumber(int number) {
    remoteNumber = number;
  }

  /**
   * Passes descriptors to a stub, which receives them close-on-exec.
   *
   * @return the numbers that they have there
   */
  public int[] pass(Injector to, List<Fd> descriptors) {
    int count = descriptors.size();
    if (count == 0 || count > MAX_DESCRIPTORS) {
      throw new IllegalArgumentException(count + " descriptors in one message");
    }
    send(descriptors);
    SyscallBatch batch = to.batch();
    int control = (CONTROL_HEADER + 4 * count + 7) & ~7;
    long controlAt = batch.reserve(control);
    long vector = batch.words(batch.reserve(8), 1);
    // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags
    long header = batch.words(0, 0, vector, 1, controlAt, control, 0);
    batch.add(Syscall.RECVMSG, remoteNumber, header, MSG_CMSG_CLOEXEC);
    to.run(batch);
    int received = (int) (batch.word(controlAt) - CONTROL_HEADER) / 4;
    if (received != count) {
      throw new IllegalStateException(
          "passed " + count + " descriptors, " + received + " arrived: is the limit reached?");
    }
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = batch.number(controlAt + CONTROL_HEADER + 4L * i);
    }
    return numbers;
  }

  /** Sends descriptors; the receiver's recvmsg is the caller's affair. */
  public void send(List<Fd> descriptors) {
    int control = (CONTROL_HEADER + 4 * descriptors.size() + 7) & ~7;
    NativeBuffer buffer = NativeBuffer.allocate(80 + control);
    long base = buffer.address();
    buffer.putLong(16, base + 56).putLong(24, 1).putLong(32, base + 80).putLong(40, control);
    buffer.putLong(56, base + 72).putLong(64, 1);
    buffer.putLong(80, CONTROL_HEADER + 4L * descriptors.size());
    buffer.putInt(88, SOL_SOCKET).putInt(92, SCM_RIGHTS);
    for (int i = 0; i < descriptors.size(); i++) {
      buffer.putInt(80 + CONTROL_HEADER + 4 * i, descriptors.get(i).number());
    }
    LinuxException.check(
        Kernel.call(Syscall.SENDMSG, local.number(), base, 0),
        Syscall.SENDMSG,
        "descriptors " + descriptors);
  }

  /** Closes the other end in this process, once the stubs have it. */
  public void closeRemote() {
    if (!remoteClosed) {
      remoteClosed = true;
      Kernel.call(Syscall.CLOSE, remote.number());
    }
  }

  @Override
  public void close() {
    closeRemote();
    Kernel.call(Syscall.CLOSE, local.number());
  }
}
