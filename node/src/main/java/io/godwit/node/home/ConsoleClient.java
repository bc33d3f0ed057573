package io.godwit.node.home;

/**
 * Somebody attached to a console. Called by one thread of its own, so it may wait as long as it
 * likes: whoever has the input holds the program up, others miss output that they are too slow for.
 */
public interface ConsoleClient {
  void output(ConsoleStream stream, byte[] bytes);

  /** No more of this stream will come. */
  void ended(ConsoleStream stream);

  /** Output that this client was too slow for is missing from here on; bytes of it. */
  default void missed(long bytes) {}
}
