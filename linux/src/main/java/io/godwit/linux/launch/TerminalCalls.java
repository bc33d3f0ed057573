package io.godwit.linux.launch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.Fd;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * Calls on pseudoterminals, ioctl_tty(2). On the master side they read and set the attributes of
 * the slave side.
 */
public final class TerminalCalls {
  public static final int TCGETS = 0x5401;
  public static final int TCSETS = 0x5402;
  public static final int TIOCSCTTY = 0x540e;
  public static final int TIOCGPGRP = 0x540f;
  public static final int TIOCGWINSZ = 0x5413;
  public static final int TIOCSWINSZ = 0x5414;
  public static final int FIONREAD = 0x541b;
  public static final int TIOCGPTN = 0x80045430;
  public static final int TIOCSPTLCK = 0x40045431;

  /** struct termios of the kernel: four flag words, line discipline, 19 control characters. */
  public static final int TERMIOS_BYTES = 36;

  private TerminalCalls() {}

  /** Size of a window in characters and, where known, in pixels. */
  public record WindowSize(int rows, int columns, int widthPixels, int heightPixels) {
    public static final WindowSize USUAL = new WindowSize(24, 80, 0, 0);

    public WindowSize {
      if ((rows | columns | widthPixels | heightPixels) >>> 16 != 0) {
        throw new IllegalArgumentException("a window's sizes are 0 to 65535");
      }
    }
  }

  /** The attributes as the kernel keeps them, struct termios. */
  public static byte[] attributes(Fd terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(TERMIOS_BYTES + 28L, 8);
      ioctl(terminal, TCGETS, buffer.address(), "TCGETS");
      byte[] attributes = new byte[TERMIOS_BYTES];
      MemorySegment.copy(buffer, JAVA_BYTE, 0, attributes, 0, TERMIOS_BYTES);
      return attributes;
    }
  }

  public static void attributes(Fd terminal, byte[] attributes) {
    if (attributes.length != TERMIOS_BYTES) {
      throw new IllegalArgumentException("not a struct termios: " + attributes.length + " bytes");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(TERMIOS_BYTES + 28L, 8);
      MemorySegment.copy(attributes, 0, buffer, JAVA_BYTE, 0, TERMIOS_BYTES);
      ioctl(terminal, TCSETS, buffer.address(), "TCSETS");
    }
  }

  public static WindowSize windowSize(Fd terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(8, 8);
      ioctl(terminal, TIOCGWINSZ, buffer.address(), "TIOCGWINSZ");
      return new WindowSize(
          Short.toUnsignedInt(buffer.get(JAVA_SHORT, 0)),
          Short.toUnsignedInt(buffer.get(JAVA_SHORT, 2)),
          Short.toUnsignedInt(buffer.get(JAVA_SHORT, 4)),
          Short.toUnsignedInt(buffer.get(JAVA_SHORT, 6)));
    }
  }

  /** Sets the size; the foreground process group gets SIGWINCH when it changed. */
  public static void windowSize(Fd terminal, WindowSize size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(8, 8);
      MemorySegment.copy(encode(size), 0, buffer, JAVA_BYTE, 0, 8);
      ioctl(terminal, TIOCSWINSZ, buffer.address(), "TIOCSWINSZ");
    }
  }

  /** struct winsize. */
  public static byte[] encode(WindowSize size) {
    return java.nio.ByteBuffer.allocate(8)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putShort((short) size.rows())
        .putShort((short) size.columns())
        .putShort((short) size.widthPixels())
        .putShort((short) size.heightPixels())
        .array();
  }

  /**
   * The foreground process group, asked on the master side, as this process's namespace numbers it.
   */
  public static OptionalInt foregroundGroup(Fd master) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment group = arena.allocate(JAVA_INT);
      long result = Kernel.call(Syscall.IOCTL, master.number(), TIOCGPGRP, group.address());
      if (result == -Errno.ENOTTY.number() || result == -Errno.EIO.number()) {
        return OptionalInt.empty();
      }
      FdCalls.checked(result, Syscall.IOCTL, "TIOCGPGRP");
      int number = group.get(JAVA_INT, 0);
      return number > 0 ? OptionalInt.of(number) : OptionalInt.empty();
    }
  }

  /** Bytes that a read would give at once; in canonical mode those of complete lines. */
  public static int readable(Fd terminal) {
    return intIoctl(terminal, FIONREAD, "FIONREAD");
  }

  /** Which slave belongs to this master: N of /dev/pts/N. */
  public static int slaveNumber(Fd master) {
    return intIoctl(master, TIOCGPTN, "TIOCGPTN");
  }

  /** Lets the slave of this master be opened. */
  public static void unlock(Fd master) {
    try (Arena arena = Arena.ofConfined()) {
      ioctl(master, TIOCSPTLCK, arena.allocate(JAVA_INT).address(), "TIOCSPTLCK");
    }
  }

  private static int intIoctl(Fd fd, int request, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      ioctl(fd, request, value.address(), name);
      return value.get(JAVA_INT, 0);
    }
  }

  private static void ioctl(Fd fd, int request, long argument, String name) {
    FdCalls.checked(
        Kernel.call(Syscall.IOCTL, fd.number(), Integer.toUnsignedLong(request), argument),
        Syscall.IOCTL,
        fd + " " + name);
  }
}
