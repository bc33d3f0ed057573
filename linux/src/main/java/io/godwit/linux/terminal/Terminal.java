package io.godwit.linux.terminal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A terminal by one of its descriptors; see ioctl_tty(2) and termios(3). Modes are kept as the
 * bytes of the kernel's {@code struct termios}, so that restoring gives back exactly what was
 * there.
 */
public final class Terminal {
  private static final long TCGETS = 0x5401;
  private static final long TCSETSW = 0x5403;
  private static final long TIOCGWINSZ = 0x5413;
  private static final long TIOCSWINSZ = 0x5414;

  // struct termios of <asm/termbits.h>: four flag words, c_line, c_cc[19]
  private static final int TERMIOS_BYTES = 36;
  private static final int INPUT_FLAGS = 0;
  private static final int OUTPUT_FLAGS = 4;
  private static final int CONTROL_FLAGS = 8;
  private static final int LOCAL_FLAGS = 12;
  private static final int CHARACTERS = 17;
  private static final int VTIME = 5;
  private static final int VMIN = 6;

  private static final int WINSIZE_BYTES = 8;

  // What cfmakeraw(3) clears and sets.
  private static final int RAW_INPUT_OFF = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;
  private static final int OPOST = 0x1;
  private static final int RAW_LOCAL_OFF = 0x8 | 0x40 | 0x2 | 0x1 | 0x8000;
  private static final int CSIZE_PARENB = 0x30 | 0x100;
  private static final int CS8 = 0x30;

  private final Fd fd;

  public Terminal(Fd fd) {
    this.fd = fd;
  }

  /** The mode of a terminal at one moment. */
  public static final class Mode {
    private final byte[] termios;

    private Mode(byte[] termios) {
      this.termios = termios;
    }
  }

  /** The present mode. */
  public Mode mode() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(TERMIOS_BYTES, 4);
      ioctl(TCGETS, "TCGETS", termios);
      return new Mode(termios.toArray(JAVA_BYTE));
    }
  }

  /** Sets a mode once output written before has gone out. */
  public void set(Mode mode) {
    try (Arena arena = Arena.ofConfined()) {
      ioctl(TCSETSW, "TCSETSW", arena.allocateFrom(JAVA_BYTE, mode.termios));
    }
  }

  /** Passes every character through as it is, as cfmakeraw(3), and gives back the mode before. */
  public Mode makeRaw() {
    Mode before = mode();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(TERMIOS_BYTES, 4);
      MemorySegment.copy(before.termios, 0, termios, JAVA_BYTE, 0, TERMIOS_BYTES);
      clear(termios, INPUT_FLAGS, RAW_INPUT_OFF);
      clear(termios, OUTPUT_FLAGS, OPOST);
      clear(termios, LOCAL_FLAGS, RAW_LOCAL_OFF);
      clear(termios, CONTROL_FLAGS, CSIZE_PARENB);
      termios.set(JAVA_INT, CONTROL_FLAGS, termios.get(JAVA_INT, CONTROL_FLAGS) | CS8);
      termios.set(JAVA_BYTE, CHARACTERS + VTIME, (byte) 0);
      termios.set(JAVA_BYTE, CHARACTERS + VMIN, (byte) 1);
      ioctl(TCSETSW, "TCSETSW", termios);
    }
    return before;
  }

  private static void clear(MemorySegment termios, int offset, int flags) {
    termios.set(JAVA_INT, offset, termios.get(JAVA_INT, offset) & ~flags);
  }

  /** Rows and columns, in that order. */
  public int[] size() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(WINSIZE_BYTES, 2);
      ioctl(TIOCGWINSZ, "TIOCGWINSZ", size);
      return new int[] {
        Short.toUnsignedInt(size.get(JAVA_SHORT, 0)), Short.toUnsignedInt(size.get(JAVA_SHORT, 2))
      };
    }
  }

  /** Changes the window size; the foreground processes get SIGWINCH. */
  public void resize(int rows, int columns) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(WINSIZE_BYTES, 2);
      size.set(JAVA_SHORT, 0, (short) rows);
      size.set(JAVA_SHORT, 2, (short) columns);
      ioctl(TIOCSWINSZ, "TIOCSWINSZ", size);
    }
  }

  private void ioctl(long request, String name, MemorySegment argument) {
    LinuxException.check(
        Kernel.call(Syscall.IOCTL, fd.number(), request, argument.address()),
        Syscall.IOCTL,
        fd + ", " + name);
  }
}
