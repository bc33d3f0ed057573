package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** pipe(7): made, measured, and read without taking anything out of them. */
public final class Pipes {
  private static final long SPLICE_F_NONBLOCK = 2;

  /** The two ends of a pipe. */
  public record Ends(Fd reading, Fd writing) {}

  private Pipes() {}

  /** pipe2(2), both ends close-on-exec. */
  public static Ends create(int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      long result = Kernel.call(Syscall.PIPE2, ends.address(), flags | FileAbi.O_CLOEXEC);
      Calls.check(result, Syscall.PIPE2, "");
      return new Ends(new Fd(ends.getAtIndex(JAVA_INT, 0)), new Fd(ends.getAtIndex(JAVA_INT, 1)));
    }
  }

  /** How many bytes it can hold. */
  public static int capacity(Fd pipe) {
    return (int) Descriptors.control(pipe, FileAbi.F_GETPIPE_SZ, 0);
  }

  /** Sets how many bytes it can hold; the kernel rounds up to a power of two of pages. */
  public static void setCapacity(Fd pipe, int bytes) {
    Descriptors.control(pipe, FileAbi.F_SETPIPE_SZ, bytes);
  }

  /** How many bytes wait in it. */
  public static int waiting(Fd pipe) {
    return Descriptors.available(pipe);
  }

  /**
   * What waits in a pipe, left in it: tee(2) into a pipe of ours. Each element is what one read of
   * a packet pipe would give; a stream's bytes may come in several elements.
   *
   * @param reading the reading end
   */
  public static List<byte[]> peek(Fd reading) {
    int waiting = waiting(reading);
    if (waiting == 0) {
      return List.of();
    }
    Ends copy = create(FileAbi.O_NONBLOCK);
    try {
      setCapacity(copy.writing(), capacity(reading));
      long teed =
          Kernel.call(
              Syscall.TEE,
              reading.number(),
              copy.writing().number(),
              Integer.MAX_VALUE,
              SPLICE_F_NONBLOCK);
      Calls.check(teed, Syscall.TEE, reading);
      if (teed != waiting) {
        throw new IllegalStateException(
            "a pipe held " + waiting + " bytes but gave " + teed + ": it is being used");
      }
      List<byte[]> pieces = new ArrayList<>();
      for (int left = waiting; left > 0; ) {
        byte[] piece = FileBytes.read(copy.reading(), left);
        pieces.add(piece);
        left -= piece.length;
      }
      return List.copyOf(pieces);
    } finally {
      Descriptors.close(copy.reading());
      Descriptors.close(copy.writing());
    }
  }

  /** The pieces as one run of bytes. */
  public static byte[] join(List<byte[]> pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    pieces.forEach(all::writeBytes);
    return all.toByteArray();
  }
}
