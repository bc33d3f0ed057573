package io.godwit.app.demo;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The demo's Java program: several threads that compute and one that puts the results together. */
public final class DemoThreads {
  static final int THREADS = 8;
  private static final int ROUNDS = 1_100_000;

  private DemoThreads() {}

  public static void main(String[] arguments) throws Exception {
    byte[][] results = new byte[THREADS][];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      threads.add(
          Thread.ofPlatform().name("worker-" + i).start(() -> results[number] = work(number)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    MessageDigest all = MessageDigest.getInstance("SHA-256");
    for (byte[] result : results) {
      all.update(result);
    }
    System.out.println(HexFormat.of().formatHex(all.digest()));
  }

  private static byte[] work(int seed) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] value = {(byte) seed};
      for (int i = 0; i < ROUNDS; i++) {
        value = digest.digest(value); // a new array each time, so that the collector has work
      }
      return value;
    } catch (java.security.NoSuchAlgorithmException impossible) { // every Java has it
      throw new IllegalStateException(impossible);
    }
  }
}
