package io.godwit.linux;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The memory of another process. Reads and writes go through process_vm_readv(2), which needs no
 * stop and may be used by several threads at once, and fall back to /proc/PID/mem where a page's
 * protection forbids it (that ignores protections, as ptrace does).
 */
public final class RemoteMemory {
  /** The kernel's limit on vectors in one call (UIO_MAXIOV). */
  public static final int MAX_VECTORS = 1024;

  private static final int MADV_COLLAPSE = 25;

  private static final ThreadLocal<NativeBuffer> VECTORS =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate((MAX_VECTORS + 1) * 16));
  private static final ThreadLocal<NativeBuffer> SMALL =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(64 << 10));

  private final Pid pid;

  private RemoteMemory(Pid pid) {
    this.pid = pid;
  }

  /** Of a process, or of any thread that shares its memory. */
  public static RemoteMemory of(Pid pid) {
    return new RemoteMemory(pid);
  }

  public Pid pid() {
    return pid;
  }

  /** Fills the direct buffer from the address on; all or an exception. */
  public void read(long address, ByteBuffer to) {
    int length = to.remaining();
    read(List.of(new AddressRange(address, address + length)), to);
  }

  /**
   * Reads ranges one after another into a direct buffer, which must have room; all or an exception.
   */
  public void read(List<AddressRange> ranges, ByteBuffer to) {
    transfer(Syscall.PROCESS_VM_READV, ranges, to);
  }

  /** Writes the rest of a direct buffer. */
  public void write(long address, ByteBuffer from) {
    int length = from.remaining();
    write(List.of(new AddressRange(address, address + length)), from);
  }

  /** Writes a direct buffer's bytes to ranges one after another. */
  public void write(List<AddressRange> ranges, ByteBuffer from) {
    transfer(Syscall.PROCESS_VM_WRITEV, ranges, from);
  }

  private void transfer(Syscall call, List<AddressRange> ranges, ByteBuffer local) {
    int index = 0;
    long skip = 0;
    NativeBuffer vectors = VECTORS.get();
    while (index < ranges.size()) {
      int count = 0;
      long bytes = 0;
      int last = index;
      while (count < MAX_VECTORS && last < ranges.size()) {
        AddressRange range = ranges.get(last++);
        long start = range.start() + (count == 0 ? skip : 0);
        long length = Math.min(range.end() - start, Integer.MAX_VALUE - bytes);
        vectors.putLong(16 + count * 16, start).putLong(24 + count * 16, length);
        bytes += length;
        count++;
      }
      if (bytes > local.remaining()) {
        throw new IllegalArgumentException(bytes + " bytes asked, room for " + local.remaining());
      }
      vectors.putLong(0, NativeBuffer.addressOf(local)).putLong(8, bytes);
      long done =
          bytes == 0
              ? 0
              : Kernel.call(
                  call, pid.number(), vectors.address(), 1, vectors.address() + 16, count, 0);
      if (done == -Errno.EFAULT.number() || done == -Errno.EPERM.number()) {
        AddressRange first = ranges.get(index);
        done = forced(call, first.start() + skip, first.end(), local);
      } else {
        LinuxException.check(done, call, "process " + pid + ", " + ranges.get(index));
        local.position(local.position() + (int) done);
      }
      // Partial: go on behind what was done.
      long left = done + skip;
      while (index < ranges.size() && left >= ranges.get(index).length()) {
        left -= ranges.get(index++).length();
      }
      skip = left;
    }
  }

  /** The rest of one range through /proc/PID/mem; the caller goes on with the fast way. */
  private long forced(Syscall call, long start, long end, ByteBuffer local) {
    int length = (int) (end - start);
    boolean reads = call == Syscall.PROCESS_VM_READV;
    ByteBuffer part = local.slice(local.position(), length);
    try (RandomAccessFile file =
        new RandomAccessFile("/proc/" + pid + "/mem", reads ? "r" : "rw")) {
      int done = 0;
      while (part.hasRemaining()) {
        int n =
            reads
                ? file.getChannel().read(part, start + done)
                : file.getChannel().write(part, start + done);
        if (n <= 0) {
          throw new LinuxException(Errno.EFAULT.number(), call, "process " + pid + " at " + start);
        }
        done += n;
      }
    } catch (IOException e) {
      LinuxException failure =
          new LinuxException(
              Errno.EFAULT.number(),
              call,
              "process %d at %x: %s".formatted(pid.number(), start, e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
    local.position(local.position() + length);
    return length;
  }

  /**
   * Asks the kernel to put one huge page where there are small ones and none (MADV_COLLAPSE,
   * madvise(2), since Linux 6.1), so that writing there meets no further faults. The mapping's own
   * advice stays as it is. What was there stays; what was not there reads as zeros.
   *
   * @param block of the size and alignment of a huge page, with a page of it present
   * @return false where the kernel cannot or may not
   */
  public boolean collapse(AddressRange block) {
    long pidfd = Kernel.call(Syscall.PIDFD_OPEN, pid.number(), 0);
    if (pidfd < 0) {
      return false;
    }
    try {
      NativeBuffer vectors = VECTORS.get();
      vectors.putLong(0, block.start()).putLong(8, block.length());
      return Kernel.call(Syscall.PROCESS_MADVISE, pidfd, vectors.address(), 1, MADV_COLLAPSE, 0, 0)
          == block.length();
    } finally {
      Kernel.call(Syscall.CLOSE, pidfd);
    }
  }

  public byte[] read(long address, int length) {
    byte[] result = new byte[length];
    int done = 0;
    NativeBuffer small = SMALL.get();
    while (done < length) {
      int part = Math.min(length - done, small.size());
      read(address + done, small.bytes().clear().limit(part));
      small.bytes().get(0, result, done, part);
      done += part;
    }
    return result;
  }

  public void write(long address, byte[] bytes) {
    int done = 0;
    NativeBuffer small = SMALL.get();
    while (done < bytes.length) {
      int part = Math.min(bytes.length - done, small.size());
      small.bytes().clear().put(0, bytes, done, part);
      write(address + done, small.bytes().clear().limit(part));
      done += part;
    }
  }

  public long readLong(long address) {
    return ByteBuffer.wrap(read(address, 8)).order(ByteOrder.nativeOrder()).getLong();
  }

  public void writeLong(long address, long value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    write(address, bytes.putLong(value).array());
  }

  /**
   * A text that ends with a zero byte.
   *
   * @param limit the most bytes that are looked at
   */
  public String readString(long address, int limit) {
    byte[] bytes = read(address, limit);
    int length = 0;
    while (length < limit && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
