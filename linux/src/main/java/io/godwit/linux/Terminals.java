package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.TerminalAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Terminals and pseudo terminals: ioctl_tty(2), pty(7), termios(3). */
public final class Terminals {
  private static final int CHARACTERS = 19;

  private Terminals() {}

  /** Both sides of a pseudo terminal and its number in its devpts instance. */
  public record Pty(Fd master, Fd slave, int number) {}

  /** Rows, columns, and the size in pixels where it is known. */
  public record WindowSize(int rows, int columns, int xPixels, int yPixels) {}

  /**
   * The kernel's struct termios.
   *
   * @param characters c_cc, 19 bytes in hexadecimal digits
   */
  public record Modes(int input, int output, int control, int local, int line, String characters) {
    /** As cfmakeraw(3): every byte passes as it is. */
    public Modes raw() {
      int in =
          TerminalAbi.IGNBRK
              | TerminalAbi.BRKINT
              | TerminalAbi.PARMRK
              | TerminalAbi.ISTRIP
              | TerminalAbi.INLCR
              | TerminalAbi.IGNCR
              | TerminalAbi.ICRNL
              | TerminalAbi.IXON;
      int loc =
          TerminalAbi.ECHO
              | TerminalAbi.ECHONL
              | TerminalAbi.ICANON
              | TerminalAbi.ISIG
              | TerminalAbi.IEXTEN;
      byte[] cc = HexFormat.of().parseHex(characters);
      cc[TerminalAbi.VMIN] = 1;
      cc[TerminalAbi.VTIME] = 0;
      return new Modes(
          input & ~in,
          output & ~TerminalAbi.OPOST,
          (control & ~(TerminalAbi.CSIZE | TerminalAbi.PARENB)) | TerminalAbi.CS8,
          local & ~loc,
          line,
          HexFormat.of().formatHex(cc));
    }

    public boolean isCanonical() {
      return (local & TerminalAbi.ICANON) != 0;
    }

    public boolean echoes() {
      return (local & TerminalAbi.ECHO) != 0;
    }
  }

  /**
   * Makes a pseudo terminal in a devpts instance. Neither side becomes a controlling terminal.
   *
   * @param devpts where it is mounted, for example /dev/pts or /proc/PID/root/dev/pts
   */
  public static Pty openPty(String devpts) {
    Fd master = openMaster(devpts);
    try {
      unlock(master);
      return new Pty(master, openPeer(master, FileAbi.O_RDWR), number(master));
    } catch (LinuxException e) {
      Descriptors.close(master);
      throw e;
    }
  }

  /**
   * Opens a new master, still locked. The node "ptmx" inside the instance is used where it may be
   * opened; else /dev/ptmx, which means the instance mounted beside it.
   */
  public static Fd openMaster(String devpts) {
    int flags = FileAbi.O_RDWR | FileAbi.O_NOCTTY;
    return Descriptors.open(devpts + "/ptmx", flags);
  }

  /** TIOCSPTLCK: allows the slave to be opened. */
  public static void unlock(Fd master) {
    setInt(master, TerminalAbi.TIOCSPTLCK, 0);
  }

  /** TIOCGPTPEER: opens the slave without a path, also across mount namespaces. */
  public static Fd openPeer(Fd master, int flags) {
    return new Fd(
        (int)
            Descriptors.ioctl(
                master,
                TerminalAbi.TIOCGPTPEER,
                flags | FileAbi.O_NOCTTY | (long) FileAbi.O_CLOEXEC));
  }

  /** TIOCGPTN: the number of the slave in its devpts instance. */
  public static int number(Fd master) {
    return getInt(master, Integer.toUnsignedLong(TerminalAbi.TIOCGPTN));
  }

  /** Whether a descriptor is a terminal, isatty(3). */
  public static boolean isTerminal(Fd fd) {
    try {
      modes(fd);
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }

  public static Modes modes(Fd terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment t = arena.allocate(TerminalAbi.TERMIOS);
      Descriptors.ioctl(terminal, TerminalAbi.TCGETS, t.address());
      return new Modes(
          t.get(JAVA_INT, 0),
          t.get(JAVA_INT, 4),
          t.get(JAVA_INT, 8),
          t.get(JAVA_INT, 12),
          t.get(JAVA_BYTE, 16),
          HexFormat.of().formatHex(t.asSlice(17, CHARACTERS).toArray(JAVA_BYTE)));
    }
  }

  /** Sets the modes at once; output and input that wait are kept. */
  public static void setModes(Fd terminal, Modes modes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment t = arena.allocate(TerminalAbi.TERMIOS);
      t.set(JAVA_INT, 0, modes.input());
      t.set(JAVA_INT, 4, modes.output());
      t.set(JAVA_INT, 8, modes.control());
      t.set(JAVA_INT, 12, modes.local());
      t.set(JAVA_BYTE, 16, (byte) modes.line());
      byte[] cc = HexFormat.of().parseHex(modes.characters());
      MemorySegment.copy(cc, 0, t, JAVA_BYTE, 17, Math.min(cc.length, CHARACTERS));
      Descriptors.ioctl(terminal, TerminalAbi.TCSETS, t.address());
    }
  }

  public static WindowSize windowSize(Fd terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = arena.allocate(TerminalAbi.WINSIZE);
      Descriptors.ioctl(terminal, TerminalAbi.TIOCGWINSZ, w.address());
      return new WindowSize(
          w.get(JAVA_SHORT, 0) & 0xffff,
          w.get(JAVA_SHORT, 2) & 0xffff,
          w.get(JAVA_SHORT, 4) & 0xffff,
          w.get(JAVA_SHORT, 6) & 0xffff);
    }
  }

  /** Sets it; the foreground process group gets SIGWINCH when it is another size. */
  public static void setWindowSize(Fd terminal, WindowSize size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = arena.allocate(TerminalAbi.WINSIZE);
      w.set(JAVA_SHORT, 0, (short) size.rows());
      w.set(JAVA_SHORT, 2, (short) size.columns());
      w.set(JAVA_SHORT, 4, (short) size.xPixels());
      w.set(JAVA_SHORT, 6, (short) size.yPixels());
      Descriptors.ioctl(terminal, TerminalAbi.TIOCSWINSZ, w.address());
    }
  }

  /**
   * The foreground process group as the reader's PID namespace numbers it; 0 when there is none or
   * it lies in another namespace. Through the master it can be asked for a foreign terminal; the
   * slave must be the caller's own.
   */
  public static int foregroundGroup(Fd terminal) {
    return getInt(terminal, TerminalAbi.TIOCGPGRP);
  }

  /** Only for the caller's own terminal and session. */
  public static void setForegroundGroup(Fd terminal, int group) {
    setInt(terminal, TerminalAbi.TIOCSPGRP, group);
  }

  /** The session whose controlling terminal it is. */
  public static int session(Fd terminal) {
    return getInt(terminal, TerminalAbi.TIOCGSID);
  }

  /** TIOCSIG: the foreground process group gets a signal (SIGINT, SIGQUIT or SIGTSTP). */
  public static void signalForeground(Fd master, int signal) {
    Descriptors.ioctl(master, TerminalAbi.TIOCSIG, signal);
  }

  /** TIOCPKT of a master: reads tell of flushes and flow control in a first byte. */
  public static boolean packetMode(Fd master) {
    return getInt(master, Integer.toUnsignedLong(TerminalAbi.TIOCGPKT)) != 0;
  }

  public static void setPacketMode(Fd master, boolean on) {
    setInt(master, TerminalAbi.TIOCPKT, on ? 1 : 0);
  }

  /** TIOCSCTTY: makes it the caller's controlling terminal, whose session must have none. */
  public static void makeControlling(Fd terminal) {
    Descriptors.ioctl(terminal, TerminalAbi.TIOCSCTTY, 0);
  }

  /** Bytes written that the other side has not taken yet, TIOCOUTQ. */
  public static int outputWaiting(Fd terminal) {
    return getInt(terminal, TerminalAbi.TIOCOUTQ);
  }

  private static int getInt(Fd terminal, long request) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      Descriptors.ioctl(terminal, request, out.address());
      return out.get(JAVA_INT, 0);
    }
  }

  private static void setInt(Fd terminal, long request, int value) {
    try (Arena arena = Arena.ofConfined()) {
      Descriptors.ioctl(terminal, request, arena.allocateFrom(JAVA_INT, value).address());
    }
  }
}
