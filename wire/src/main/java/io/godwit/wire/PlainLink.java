package io.godwit.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes as they are. {@code ahead} is what was read from the socket before this took over. */
record PlainLink(SocketChannel channel, ByteBuffer ahead) implements ByteLink {
  @Override
  public void write(ByteBuffer[] buffers) throws IOException {
    int first = 0;
    while (first < buffers.length) {
      if (!buffers[first].hasRemaining()) {
        first++;
      } else if (channel.write(buffers, first, buffers.length - first) < 0) {
        throw new IOException("the socket takes nothing");
      }
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (ahead.hasRemaining()) {
      int count = Math.min(ahead.remaining(), into.remaining());
      into.put(ahead.slice(ahead.position(), count));
      ahead.position(ahead.position() + count);
      return count;
    }
    return channel.read(into);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
