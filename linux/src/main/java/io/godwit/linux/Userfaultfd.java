package io.godwit.linux;

import static io.godwit.linux.abi.UserfaultfdAbi.MESSAGE_SIZE;

import io.godwit.core.AddressRange;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.UserfaultfdAbi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A userfaultfd (Documentation/admin-guide/mm/userfaultfd.rst): page faults of one address space,
 * answered by whoever holds the descriptor. The address space is the creator's; a descriptor that
 * was made inside another process by injection and fetched with pidfd_getfd(2) acts on that
 * process.
 *
 * <p>The ioctls may be called from several threads, each with its own instance over the same
 * descriptor; one instance is not for two threads at once.
 */
public final class Userfaultfd implements AutoCloseable {
  private static final long API = 0xAA;
  private static final long CLOEXEC_NONBLOCK = 0x80800;

  /** The features by which a program may go on changing its mappings. */
  public static final long ALL_EVENTS =
      UserfaultfdAbi.UFFD_FEATURE_EVENT_FORK
          | UserfaultfdAbi.UFFD_FEATURE_EVENT_REMAP
          | UserfaultfdAbi.UFFD_FEATURE_EVENT_REMOVE
          | UserfaultfdAbi.UFFD_FEATURE_EVENT_UNMAP;

  /** Faults and events taken from the kernel in one {@link #read()}. */
  private static final int MESSAGES = 64;

  /** Bytes of one message. */
  public static final int MESSAGE_BYTES = MESSAGE_SIZE;

  /** No mode of UFFDIO_COPY. */
  private static final long NO_MODE = 1L << 62;

  private final OwnedFd fd;
  private final NativeBuffer argument = NativeBuffer.allocate(64);
  private final NativeBuffer messages = NativeBuffer.allocate(MESSAGES * MESSAGE_BYTES);

  private Userfaultfd(OwnedFd fd) {
    this.fd = fd;
  }

  /** Takes over a descriptor, whether the handshake was made or not. */
  public static Userfaultfd over(OwnedFd fd) {
    return new Userfaultfd(fd);
  }

  /** Whether this kernel gives one to this process, with all events of a changing address space. */
  public static boolean takesEvents() {
    long made = Kernel.call(Syscall.USERFAULTFD, CLOEXEC_NONBLOCK);
    if (made < 0) {
      return false;
    }
    try (Userfaultfd probe = over(OwnedFd.of(new Fd((int) made)))) {
      return (probe.handshake(0) & ALL_EVENTS) == ALL_EVENTS;
    } catch (LinuxException refused) {
      return false;
    }
  }

  /**
   * What the kernel reports. A thread that changes the address space goes on when its message has
   * been read. Changes of several threads at once are not told in the order in which they happened:
   * the kernel lets go of the address space before it tells, and a move (mremap) is told twice, as
   * moved and afterwards as unmapped from where it was, between which another mapping may have come
   * there. Faults are told before all else that waits. Only {@link #isChanging} says when all has
   * been told.
   */
  public sealed interface Message {}

  /**
   * A thread waits for a page.
   *
   * @param address of the page, or the exact one with EXACT_ADDRESS
   * @param write whether it wants to write
   * @param protectedPage whether the page is there but write-protected
   */
  public record Fault(long address, boolean write, boolean protectedPage) implements Message {}

  /** The process forked; the child's faults come from this descriptor, which the receiver owns. */
  public record Forked(Fd child) implements Message {}

  /** A mapping moved (mremap); its pages keep their contents. */
  public record Remapped(long from, long to, long length) implements Message {}

  /** Pages were dropped (madvise MADV_DONTNEED or MADV_REMOVE): they read as zeros from now on. */
  public record Removed(AddressRange range) implements Message {}

  /** A mapping is gone. */
  public record Unmapped(AddressRange range) implements Message {}

  /**
   * The handshake, which must be the first call.
   *
   * @return the features that the kernel has, all of them
   */
  public long handshake(long features) {
    argument.putLong(0, API).putLong(8, features).putLong(16, 0);
    ioctl(UserfaultfdAbi.UFFDIO_API, "UFFDIO_API");
    return argument.getLong(8);
  }

  /** Makes faults in a range known, by UFFDIO_REGISTER_MODE_ bits. */
  public void register(AddressRange range, long mode) {
    argument.putLong(0, range.start()).putLong(8, range.length());
    argument.putLong(16, mode).putLong(24, 0);
    ioctl(UserfaultfdAbi.UFFDIO_REGISTER, "UFFDIO_REGISTER " + range);
  }

  public void unregister(AddressRange range) {
    argument.putLong(0, range.start()).putLong(8, range.length());
    ioctl(UserfaultfdAbi.UFFDIO_UNREGISTER, "UFFDIO_UNREGISTER " + range);
  }

  /** Write-protects the pages of a range, or lifts that and wakes the waiting. */
  public void writeProtect(AddressRange range, boolean protect) {
    argument.putLong(0, range.start()).putLong(8, range.length());
    argument.putLong(16, protect ? UserfaultfdAbi.UFFDIO_WRITEPROTECT_MODE_WP : 0);
    ioctl(UserfaultfdAbi.UFFDIO_WRITEPROTECT, "UFFDIO_WRITEPROTECT " + range);
  }

  /** How far a call that fills pages came, and why it stopped. */
  public enum Filling {
    /** All pages are in place, and who waited for them runs. */
    DONE,
    /** The page after those that were filled was there already. */
    EXISTS,
    /** The mapping changes under us; the caller reads events and tries again. */
    CHANGING,
    /** The page has no registered mapping any more, by all that has been told so far. */
    NO_MAPPING,
    /** The address space is gone. */
    NO_PROCESS
  }

  /**
   * The outcome of filling a range.
   *
   * @param bytes how many were filled from the start of the range
   */
  public record Filled(long bytes, Filling reason) {}

  /**
   * Fills missing pages and wakes whoever waits for them (UFFDIO_COPY).
   *
   * @param pages a direct buffer with whole pages from its position to its limit, left as it is
   */
  public Filled copy(long address, ByteBuffer pages) {
    argument.putLong(0, address).putLong(8, NativeBuffer.addressOf(pages.slice()));
    argument.putLong(16, pages.remaining()).putLong(24, 0).putLong(32, 0);
    return filled(UserfaultfdAbi.UFFDIO_COPY, 32, pages.remaining(), address);
  }

  /** Fills missing pages of anonymous memory with zeros. */
  public Filled zero(AddressRange range) {
    argument.putLong(0, range.start()).putLong(8, range.length());
    argument.putLong(16, 0).putLong(24, 0);
    return filled(UserfaultfdAbi.UFFDIO_ZEROPAGE, 24, range.length(), range.start());
  }

  /** Makes every access to missing pages of a range end in SIGBUS: their contents are lost. */
  public Filled poison(AddressRange range) {
    argument.putLong(0, range.start()).putLong(8, range.length());
    argument.putLong(16, 0).putLong(24, 0);
    return filled(UserfaultfdAbi.UFFDIO_POISON, 24, range.length(), range.start());
  }

  /** Lets the threads that wait in a range try again. */
  public void wake(AddressRange range) {
    argument.putLong(0, range.start()).putLong(8, range.length());
    ioctl(UserfaultfdAbi.UFFDIO_WAKE, "UFFDIO_WAKE " + range);
  }

  /**
   * Whether the process is changing its mappings in a way that has not been read yet. Otherwise all
   * changes until now have been read: who reads and asks in one thread, or under one lock, knows
   * how the address space looks.
   */
  public boolean isChanging() {
    // The kernel looks for changes first, and then refuses a mode that does not exist.
    argument.putLong(0, 0).putLong(8, 0).putLong(16, MESSAGE_SIZE).putLong(24, NO_MODE);
    long result =
        Kernel.call(
            Syscall.IOCTL, fd.fd().number(), UserfaultfdAbi.UFFDIO_COPY, argument.address());
    return result == -Errno.EAGAIN.number();
  }

  private Filled filled(long request, int resultAt, long wanted, long address) {
    long result = Kernel.call(Syscall.IOCTL, fd.fd().number(), request, argument.address());
    if (result == -Errno.ENOENT.number()) {
      // It looks for changes, then for the mapping: one that was moved in between is not found,
      // though its move has not been told. A second call sees that it is changing.
      argument.putLong(resultAt, 0);
      result = Kernel.call(Syscall.IOCTL, fd.fd().number(), request, argument.address());
    }
    if (result >= 0) {
      return new Filled(wanted, Filling.DONE);
    }
    Errno errno = Errno.of((int) -result);
    long bytes = Math.max(0, argument.getLong(resultAt));
    return switch (errno) {
      case EEXIST -> new Filled(bytes, Filling.EXISTS);
      case EAGAIN -> partial(bytes);
      case ENOENT -> new Filled(bytes, Filling.NO_MAPPING);
      case ESRCH -> new Filled(bytes, Filling.NO_PROCESS);
      case null, default ->
          throw new LinuxException(
              (int) -result, Syscall.IOCTL, "filling %d bytes at %x".formatted(wanted, address));
    };
  }

  /** EAGAIN hides the cause when some pages were filled; the field then holds their size. */
  private static Filled partial(long bytes) {
    return new Filled(bytes, Filling.CHANGING);
  }

  /**
   * Takes what the kernel has to report, at most 64 messages; none when nothing waits and the
   * descriptor is non-blocking.
   */
  public List<Message> read() {
    messages.bytes().clear();
    return read(messages.bytes());
  }

  /**
   * As above.
   *
   * @param into a direct buffer that gets the kernel's own words, as {@link #messages} reads them:
   *     memory that is shared with a file tells them even if this process is killed meanwhile
   */
  public List<Message> read(ByteBuffer into) {
    ByteBuffer room = into.slice().order(ByteOrder.nativeOrder());
    long size =
        Kernel.call(
            Syscall.READ,
            fd.fd().number(),
            NativeBuffer.addressOf(room),
            (long) room.remaining() / MESSAGE_SIZE * MESSAGE_SIZE);
    if (size == -Errno.EAGAIN.number() || size == -Errno.EINTR.number()) {
      return List.of();
    }
    LinuxException.check(size, Syscall.READ, "userfaultfd " + fd.fd());
    return messages(room.limit((int) size));
  }

  /** Reads what the kernel wrote, up to the first word that is zero. */
  public static List<Message> messages(ByteBuffer written) {
    ByteBuffer words = written.slice().order(ByteOrder.nativeOrder());
    List<Message> result = new ArrayList<>(words.remaining() / MESSAGE_SIZE);
    for (int at = 0; at + MESSAGE_SIZE <= words.limit() && words.get(at) != 0; at += MESSAGE_SIZE) {
      result.add(message(words, at));
    }
    return result;
  }

  private static Message message(ByteBuffer messages, int at) {
    long first = messages.getLong(at + 8);
    long second = messages.getLong(at + 16);
    int event = messages.get(at) & 0xff;
    return switch (event) {
      case UserfaultfdAbi.UFFD_EVENT_PAGEFAULT ->
          new Fault(
              second,
              (first & UserfaultfdAbi.UFFD_PAGEFAULT_FLAG_WRITE) != 0,
              (first & UserfaultfdAbi.UFFD_PAGEFAULT_FLAG_WP) != 0);
      case UserfaultfdAbi.UFFD_EVENT_FORK -> new Forked(new Fd((int) first));
      case UserfaultfdAbi.UFFD_EVENT_REMAP ->
          new Remapped(first, second, messages.getLong(at + 24));
      case UserfaultfdAbi.UFFD_EVENT_REMOVE -> new Removed(new AddressRange(first, second));
      case UserfaultfdAbi.UFFD_EVENT_UNMAP -> new Unmapped(new AddressRange(first, second));
      default ->
          throw new LinuxException(
              Errno.EPROTO.number(), Syscall.READ, "userfaultfd message of kind " + event);
    };
  }

  /** Waits until there is something to read, or the time is over. */
  public boolean await(int milliseconds) {
    argument.putInt(0, fd.fd().number()).putInt(4, 1 /* POLLIN */);
    long ready = Kernel.call(Syscall.POLL, argument.address(), 1, milliseconds);
    return ready > 0;
  }

  public Fd fd() {
    return fd.fd();
  }

  private void ioctl(long request, String on) {
    LinuxException.check(
        Kernel.call(Syscall.IOCTL, fd.fd().number(), request, argument.address()),
        Syscall.IOCTL,
        on);
  }

  @Override
  public void close() {
    fd.close();
  }
}
