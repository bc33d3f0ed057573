package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.StructLayout;

/**
 * ioctl_tty(2) and the kernel's struct termios. The C library's struct of the same name is longer;
 * the headers here are the kernel's.
 */
@CHeaders({"asm/termbits.h", "asm/ioctls.h", "asm/termios.h"})
public final class TerminalAbi {
  public static final int TCGETS = 0x5401;
  public static final int TCSETS = 0x5402;
  public static final int TCSETSW = 0x5403;
  public static final int TCSETSF = 0x5404;
  public static final int TCFLSH = 0x540B;
  public static final int TIOCEXCL = 0x540C;
  public static final int TIOCSCTTY = 0x540E;
  public static final int TIOCGPGRP = 0x540F;
  public static final int TIOCSPGRP = 0x5410;
  public static final int TIOCOUTQ = 0x5411;
  public static final int TIOCGWINSZ = 0x5413;
  public static final int TIOCSWINSZ = 0x5414;
  public static final int TIOCPKT = 0x5420;
  public static final int TIOCNOTTY = 0x5422;
  public static final int TIOCGSID = 0x5429;
  public static final int TIOCGPTN = 0x80045430;
  public static final int TIOCSPTLCK = 0x40045431;
  public static final int TIOCSIG = 0x40045436;
  public static final int TIOCGPKT = 0x80045438;
  public static final int TIOCGPTLCK = 0x80045439;
  public static final int TIOCGEXCL = 0x80045440;
  public static final int TIOCGPTPEER = 0x5441;

  public static final int VTIME = 5;
  public static final int VMIN = 6;
  public static final int IGNBRK = 0x1;
  public static final int BRKINT = 0x2;
  public static final int PARMRK = 0x8;
  public static final int ISTRIP = 0x20;
  public static final int INLCR = 0x40;
  public static final int IGNCR = 0x80;
  public static final int ICRNL = 0x100;
  public static final int IXON = 0x400;
  public static final int OPOST = 0x1;
  public static final int CSIZE = 0x30;
  public static final int CS8 = 0x30;
  public static final int PARENB = 0x100;
  public static final int ISIG = 0x1;
  public static final int ICANON = 0x2;
  public static final int ECHO = 0x8;
  public static final int ECHONL = 0x40;
  public static final int IEXTEN = 0x8000;

  @CStruct("struct termios")
  public static final StructLayout TERMIOS =
      structLayout(
          JAVA_INT.withName("c_iflag"),
          JAVA_INT.withName("c_oflag"),
          JAVA_INT.withName("c_cflag"),
          JAVA_INT.withName("c_lflag"),
          JAVA_BYTE.withName("c_line"),
          sequenceLayout(19, JAVA_BYTE).withName("c_cc"));

  @CStruct("struct winsize")
  public static final StructLayout WINSIZE =
      structLayout(
          JAVA_SHORT.withName("ws_row"),
          JAVA_SHORT.withName("ws_col"),
          JAVA_SHORT.withName("ws_xpixel"),
          JAVA_SHORT.withName("ws_ypixel"));

  private TerminalAbi() {}
}
