package io.godwit.wire;

import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What carries a node's connections to others, however many they are: one thread that waits for
 * them all, and virtual threads for what comes of it.
 */
public final class PeerLoops implements AutoCloseable {
  private final NioEventLoopGroup events;
  private final ExecutorService callbacks;

  private PeerLoops(NioEventLoopGroup events, ExecutorService callbacks) {
    this.events = events;
    this.callbacks = callbacks;
  }

  /** For one node. */
  public static PeerLoops ofNode() {
    return of(1);
  }

  /** For several nodes in one virtual machine, which share so many threads. */
  @SuppressWarnings("deprecation") // the shaded Netty offers no other event loop on the JDK alone
  public static PeerLoops of(int threads) {
    return new PeerLoops(
        new NioEventLoopGroup(threads),
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("godwit-peer-", 0).factory()));
  }

  NioEventLoopGroup events() {
    return events;
  }

  ExecutorService callbacks() {
    return callbacks;
  }

  @Override
  public void close() {
    callbacks.shutdown();
    var _ = events.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
