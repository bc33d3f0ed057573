package io.godwit.core.control;

import io.godwit.core.GodwitException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One control connection: frames in, frames out. Reading is for one thread at a time; writing is
 * for any thread and blocks while the other side does not read.
 *
 * <pre>
 * offset  size  field
 * 0       4     length of the payload in bytes, big-endian
 * 4       1     type: 1 JSON message, 2 standard input, 3 standard output, 4 standard error
 * 5       n     payload: UTF-8 text of one JSON object, or console bytes (none: end of stream)
 * </pre>
 */
public final class ControlChannel implements Closeable {
  private static final int HEADER_BYTES = 5;
  private static final int TYPE_MESSAGE = 1;

  private final SocketChannel channel;
  private final ByteBuffer inHeader = ByteBuffer.allocate(HEADER_BYTES);
  private final ReentrantLock writing = new ReentrantLock();

  /** Takes over a connected channel in blocking mode. */
  public ControlChannel(SocketChannel channel) {
    this.channel = channel;
  }

  /** The next frame, or null when the other side has closed the connection between two frames. */
  public @Nullable Frame read() throws IOException {
    inHeader.clear();
    int got = fill(inHeader);
    if (got == 0) {
      return null;
    }
    if (inHeader.hasRemaining()) {
      throw cutOff();
    }
    int length = inHeader.getInt(0);
    int type = inHeader.get(4);
    ConsoleStream stream = stream(type);
    int limit = stream == null ? ControlLimits.MAX_MESSAGE_BYTES : ControlLimits.MAX_DATA_BYTES;
    if (length < 0 || length > limit) {
      throw new GodwitException(
          ControlError.TOO_LARGE,
          "a control frame was refused",
          "it announces " + Integer.toUnsignedString(length) + " bytes, the limit is " + limit,
          "check that command and daemon are of the same release: godwit version");
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    fill(payload);
    if (payload.hasRemaining()) {
      throw cutOff();
    }
    payload.flip();
    return stream == null
        ? new Frame.Message(JsonText.parseObject(payload))
        : new Frame.Data(stream, payload);
  }

  private static @Nullable ConsoleStream stream(int type) {
    if (type == TYPE_MESSAGE) {
      return null;
    }
    for (ConsoleStream stream : ConsoleStream.values()) {
      if (stream.frameType() == type) {
        return stream;
      }
    }
    throw new GodwitException(
        ControlError.BAD_MESSAGE,
        "a control frame was refused",
        "its type " + type + " is unknown",
        "check that command and daemon are of the same release: godwit version");
  }

  /** Sends a message. */
  public void send(ControlMessage message) throws IOException {
    byte[] text = JsonText.write(message.toJson()).getBytes(StandardCharsets.UTF_8);
    if (text.length > ControlLimits.MAX_MESSAGE_BYTES) {
      throw new GodwitException(
          ControlError.TOO_LARGE,
          "a control message was not sent",
          "it has " + text.length + " bytes, the limit is " + ControlLimits.MAX_MESSAGE_BYTES,
          "ask for less at once");
    }
    write(TYPE_MESSAGE, ByteBuffer.wrap(text));
  }

  /** Sends console bytes in as many frames as they need. */
  public void send(ConsoleStream stream, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int size = Math.min(bytes.remaining(), ControlLimits.MAX_DATA_BYTES);
      write(stream.frameType(), bytes.slice(bytes.position(), size));
      bytes.position(bytes.position() + size);
    }
  }

  /** Says that a stream has ended. */
  public void sendEnd(ConsoleStream stream) throws IOException {
    write(stream.frameType(), ByteBuffer.allocate(0));
  }

  private void write(int type, ByteBuffer payload) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(payload.remaining()).put((byte) type).flip();
    ByteBuffer[] frame = {header, payload};
    writing.lock();
    try {
      while (header.hasRemaining() || payload.hasRemaining()) {
        channel.write(frame);
      }
    } finally {
      writing.unlock();
    }
  }

  private int fill(ByteBuffer buffer) throws IOException {
    int total = 0;
    while (buffer.hasRemaining()) {
      int got = channel.read(buffer);
      if (got < 0) {
        break;
      }
      total += got;
    }
    return total;
  }

  private static GodwitException cutOff() {
    return new GodwitException(
        ControlError.CUT_OFF,
        "the control connection broke",
        "the other side closed it in the middle of a message",
        "see whether the daemon still runs: godwit nodes");
  }

  /** The connection below, for its socket options. */
  public SocketChannel socket() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
