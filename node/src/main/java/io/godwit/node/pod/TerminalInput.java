package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Interest;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.node.pod.ConsoleState.Piece;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Takes input that a program has not read out of a terminal's line discipline and puts it into
 * another's, with the ends of lines and files where they were and a line in the making still in the
 * making. The program does not run meanwhile.
 *
 * <p>Putting in happens with echo on and every special character off, and each byte's echo is
 * awaited: the kernel processes what is written to the master later, in a work queue, and only the
 * echo tells when.
 */
final class TerminalInput {
  /** What a line discipline holds, less room for the synchronising byte. */
  private static final int HOLDS = 4000;

  private static final int CHUNK = 256;
  private static final int ECHO_MILLIS = 5000;

  /** Offsets in struct termios. */
  private static final int INPUT_FLAGS = 0;

  private static final int OUTPUT_FLAGS = 4;
  private static final int LOCAL_FLAGS = 12;
  private static final int CONTROL = 17;
  private static final int ICANON = 2;
  private static final int ECHO = 8;
  private static final int VERASE = 2;
  private static final int VEOF = 4;
  private static final int VTIME = 5;
  private static final int VMIN = 6;
  private static final int VEOL = 11;
  private static final int VEOL2 = 16;
  private static final int CONTROLS = 19;

  private TerminalInput() {}

  /** Takes out all that a reader of the slave would get, now or with the end of its line. */
  static List<Piece> take(Fd master, Fd slave) {
    byte[] attributes = TerminalCalls.attributes(master);
    List<Piece> pieces = new ArrayList<>();
    boolean canonical = (flags(attributes, LOCAL_FLAGS) & ICANON) != 0;
    if (canonical) {
      takeLines(slave, attributes, pieces);
    }
    byte[] raw = attributes.clone();
    putFlags(raw, LOCAL_FLAGS, flags(raw, LOCAL_FLAGS) & ~ICANON);
    raw[CONTROL + VMIN] = 0;
    raw[CONTROL + VTIME] = 0;
    TerminalCalls.attributes(master, raw);
    try {
      byte[] bytes = new byte[CHUNK * 16];
      int count;
      while ((count = FdCalls.read(slave, bytes)) > 0) {
        pieces.add(new Piece(java.util.Arrays.copyOf(bytes, count), false));
      }
    } finally {
      TerminalCalls.attributes(master, attributes);
    }
    return pieces;
  }

  private static void takeLines(Fd slave, byte[] attributes, List<Piece> pieces) {
    byte[] bytes = new byte[CHUNK * 32];
    int count;
    while ((count = FdCalls.read(slave, bytes)) >= 0) {
      byte[] line = java.util.Arrays.copyOf(bytes, count);
      pieces.add(new Piece(line, count == 0 || !endsLine(line[count - 1], attributes)));
    }
  }

  private static boolean endsLine(byte last, byte[] attributes) {
    return last == '\n'
        || (last != 0
            && (last == attributes[CONTROL + VEOL] || last == attributes[CONTROL + VEOL2]));
  }

  /**
   * Puts input in, and the attributes as they are to be afterwards.
   *
   * @return what did not fit, to be written when the program has read
   */
  static List<Piece> put(Fd master, List<Piece> pieces, byte[] attributes) {
    List<Piece> rest = new ArrayList<>(pieces);
    boolean canonical = (flags(attributes, LOCAL_FLAGS) & ICANON) != 0;
    byte[] feeding = attributes.clone();
    putFlags(feeding, INPUT_FLAGS, 0);
    putFlags(feeding, OUTPUT_FLAGS, 0);
    putFlags(feeding, LOCAL_FLAGS, (canonical ? ICANON : 0) | ECHO);
    byte[] unused = unused(pieces);
    for (int i = 0; canonical && i < CONTROLS; i++) {
      if (i != VEOL && i != VEOL2) {
        feeding[CONTROL + i] = 0;
      }
    }
    if (canonical) {
      feeding[CONTROL + VEOF] = unused[0];
      feeding[CONTROL + VERASE] = unused[1];
    }
    TerminalCalls.attributes(master, feeding);
    int room = HOLDS;
    while (!rest.isEmpty() && rest.getFirst().bytes().length < room) {
      Piece piece = rest.removeFirst();
      room -= piece.bytes().length + 1;
      write(master, piece.bytes());
      if (canonical && piece.endsWithEndOfFile()) {
        // An end of file has no echo; a byte typed and erased behind it has one.
        send(master, new byte[] {unused[0]}, 0);
        send(master, new byte[] {'x', unused[1]}, 2);
      }
    }
    TerminalCalls.attributes(master, attributes);
    return rest;
  }

  /** The bytes to type for pieces that did not fit. */
  static byte[] typed(List<Piece> pieces, byte[] attributes) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (Piece piece : pieces) {
      out.writeBytes(piece.bytes());
      if (piece.endsWithEndOfFile()) {
        out.write(attributes[CONTROL + VEOF]);
      }
    }
    return out.toByteArray();
  }

  private static void write(Fd master, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += CHUNK) {
      byte[] part = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + CHUNK));
      send(master, part, part.length);
    }
  }

  private static void send(Fd master, byte[] bytes, int echoes) {
    int written = FdCalls.write(master, bytes, 0, bytes.length);
    byte[] echo = new byte[CHUNK * 2];
    int seen = 0;
    while (written == bytes.length && seen < echoes) {
      if (FdCalls.poll(List.of(new Interest(master, FdCalls.POLLIN)), ECHO_MILLIS)[0] == 0) {
        break;
      }
      seen += Math.max(0, FdCalls.read(master, echo));
    }
    if (written != bytes.length || seen != echoes) {
      throw new GodwitException(
          PodError.CONSOLE_DAMAGED,
          "unread input could not be put back into the terminal",
          written + " of " + bytes.length + " bytes were taken, " + seen + " echoed",
          "try again; if it happens again, attach and empty the terminal's input first");
    }
  }

  /** Two bytes, neither of them 0, that are in none of the pieces (nor is 'x' one of them). */
  private static byte[] unused(List<Piece> pieces) {
    BitSet used = new BitSet(256);
    used.set(0);
    used.set('\n');
    used.set('x');
    pieces.forEach(
        piece -> {
          for (byte b : piece.bytes()) {
            used.set(Byte.toUnsignedInt(b));
          }
        });
    int first = used.nextClearBit(1);
    int second = used.nextClearBit(first + 1);
    return new byte[] {(byte) (first > 255 ? 0 : first), (byte) (second > 255 ? 0 : second)};
  }

  private static int flags(byte[] attributes, int offset) {
    return ByteBuffer.wrap(attributes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  private static void putFlags(byte[] attributes, int offset, int value) {
    ByteBuffer.wrap(attributes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
  }
}
