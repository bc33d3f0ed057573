package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What moves of a console with its program: everything that is in the kernel's buffers or was not
 * yet accepted by the home.
 *
 * <pre>
 *  u8 version | u8 terminal? | [36 bytes termios | u16 rows, columns, width, height | i32 group]
 *  output, error: u64 position of the first byte that follows | u8 closed? | u32 length | bytes
 *  input: u64 position | u8 closed? | u32 pieces | each: u8 ends with end-of-file? | u32 length | bytes
 *         | u32 length of what was not yet given to the program | bytes
 * </pre>
 *
 * <p>The arrays belong to whoever holds the state; nobody changes them.
 */
@SuppressWarnings("ArrayRecordComponent")
public record ConsoleState(
    Optional<TerminalState> terminal, Output output, Output error, Input input) {
  private static final int VERSION = 1;
  private static final int PIECES_LIMIT = 1 << 16;

  /**
   * @param attributes struct termios
   * @param foregroundGroup as the pod numbers it; 0 where there is none
   */
  public record TerminalState(byte[] attributes, WindowSize window, int foregroundGroup) {}

  /**
   * @param position of the first byte of {@code unaccepted}
   * @param closed nobody on the program's side can write any more
   */
  public record Output(long position, boolean closed, byte[] unaccepted) {}

  /**
   * @param position behind the last byte that was taken from the home
   * @param unread what was in the program's pipe or terminal
   * @param pending what the relay had still to write
   */
  public record Input(long position, boolean closed, List<Piece> unread, byte[] pending) {}

  /** Bytes of input; in a terminal's canonical mode one line, the last one perhaps unfinished. */
  public record Piece(byte[] bytes, boolean endsWithEndOfFile) {}

  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeBoolean(terminal.isPresent());
      if (terminal.isPresent()) {
        TerminalState state = terminal.get();
        out.write(state.attributes());
        out.writeShort(state.window().rows());
        out.writeShort(state.window().columns());
        out.writeShort(state.window().widthPixels());
        out.writeShort(state.window().heightPixels());
        out.writeInt(state.foregroundGroup());
      }
      for (Output each : List.of(output, error)) {
        out.writeLong(each.position());
        out.writeBoolean(each.closed());
        write(out, each.unaccepted());
      }
      out.writeLong(input.position());
      out.writeBoolean(input.closed());
      out.writeInt(input.unread().size());
      for (Piece piece : input.unread()) {
        out.writeBoolean(piece.endsWithEndOfFile());
        write(out, piece.bytes());
      }
      write(out, input.pending());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Reads what came from a peer. */
  public static ConsoleState of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw damaged("its version is " + version);
      }
      Optional<TerminalState> terminal = in.readBoolean() ? readTerminal(in) : Optional.empty();
      Output output = readOutput(in);
      Output error = readOutput(in);
      long position = position(in);
      boolean closed = in.readBoolean();
      int count = in.readInt();
      if (count < 0 || count > PIECES_LIMIT) {
        throw damaged(count + " pieces of input");
      }
      List<Piece> unread = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        boolean endOfFile = in.readBoolean();
        unread.add(new Piece(read(in), endOfFile));
      }
      byte[] pending = read(in);
      if (in.available() > 0) {
        throw damaged(in.available() + " bytes too many");
      }
      return new ConsoleState(
          terminal, output, error, new Input(position, closed, unread, pending));
    } catch (IOException e) {
      throw damaged("it ends too early, after " + bytes.length + " bytes");
    }
  }

  private static Optional<TerminalState> readTerminal(DataInputStream in) throws IOException {
    byte[] attributes = new byte[TerminalCalls.TERMIOS_BYTES];
    in.readFully(attributes);
    WindowSize window =
        new WindowSize(
            in.readUnsignedShort(),
            in.readUnsignedShort(),
            in.readUnsignedShort(),
            in.readUnsignedShort());
    return Optional.of(new TerminalState(attributes, window, in.readInt()));
  }

  private static Output readOutput(DataInputStream in) throws IOException {
    long position = position(in);
    boolean closed = in.readBoolean();
    return new Output(position, closed, read(in));
  }

  private static long position(DataInputStream in) throws IOException {
    long position = in.readLong();
    if (position < 0) {
      throw damaged("the position " + position);
    }
    return position;
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > PodLimits.CARRIED_BYTES) {
      throw damaged("a part of " + length + " bytes");
    }
    byte[] bytes = new byte[Math.min(length, in.available())];
    in.readFully(bytes);
    if (bytes.length < length) {
      throw damaged("it ends too early");
    }
    return bytes;
  }

  private static GodwitException damaged(String why) {
    return new GodwitException(
        PodError.CONSOLE_DAMAGED,
        "the console that came with a program cannot be understood",
        why,
        "check that both nodes run the same version of Godwit");
  }
}
