package io.godwit.app.demo;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Data that compresses about as text does, the same in every run. */
final class DemoData {
  private static final int WORDS = 4096;

  private DemoData() {}

  static byte[] bytes(int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1889);
    byte[][] words = new byte[WORDS][];
    for (int i = 0; i < WORDS; i++) {
      words[i] = new byte[2 + random.nextInt(9)];
      for (int j = 0; j < words[i].length; j++) {
        words[i][j] = (byte) ('a' + random.nextInt(26));
      }
    }
    byte[] data = new byte[count];
    int at = 0;
    while (at < count) {
      byte[] word = words[random.nextInt(1 + random.nextInt(WORDS))];
      for (int j = 0; j < word.length && at < count; j++) {
        data[at++] = word[j];
      }
      if (at < count) {
        data[at++] = ' ';
      }
    }
    return data;
  }
}
