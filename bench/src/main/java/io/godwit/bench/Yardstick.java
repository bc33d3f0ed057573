package io.godwit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the machine itself does in the same run, beside which a figure can be read: absolute times
 * on a shared machine mean little.
 */
public final class Yardstick {
  private static final int CHUNK = 1 << 20;

  private Yardstick() {}

  /**
   * Copies memory to memory in one thread.
   *
   * @return bytes per second
   */
  public static double memoryCopyRate(long bytes) {
    ByteBuffer from = ByteBuffer.allocateDirect(CHUNK * 16);
    ByteBuffer to = ByteBuffer.allocateDirect(CHUNK * 16);
    long start = System.nanoTime();
    for (long done = 0; done < bytes; done += from.capacity()) {
      to.clear().put(from.clear());
    }
    return rate(bytes, System.nanoTime() - start);
  }

  /**
   * Sends bytes through one plain TCP connection on the loopback interface, both ends in this
   * process.
   *
   * @return bytes per second
   */
  public static double loopbackCopyRate(long bytes) throws IOException, InterruptedException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread receiver =
          Thread.ofPlatform()
              .name("godwit-bench-receiver")
              .start(
                  () -> {
                    try (SocketChannel peer = server.accept()) {
                      drain(peer, bytes);
                    } catch (IOException | UncheckedIOException e) {
                      failure.set(e);
                    }
                  });
      long start = System.nanoTime();
      try (SocketChannel peer = SocketChannel.open(server.getLocalAddress())) {
        fill(peer, bytes);
        receiver.join();
      }
      long nanos = System.nanoTime() - start;
      if (failure.get() != null) {
        throw new IOException("the loopback copy failed", failure.get());
      }
      return rate(bytes, nanos);
    }
  }

  private static void fill(SocketChannel to, long bytes) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    for (long left = bytes; left > 0; ) {
      chunk.clear().limit((int) Math.min(CHUNK, left));
      left -= chunk.limit();
      while (chunk.hasRemaining()) {
        to.write(chunk);
      }
    }
  }

  private static void drain(SocketChannel from, long bytes) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    for (long left = bytes; left > 0; ) {
      int read = from.read(chunk.clear());
      if (read < 0) {
        throw new IOException("the connection ended " + left + " bytes early");
      }
      left -= read;
    }
  }

  private static double rate(long bytes, long nanos) {
    return bytes * 1e9 / Math.max(1, nanos);
  }
}
