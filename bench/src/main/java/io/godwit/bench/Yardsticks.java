package io.godwit.bench;

import com.google.gson.JsonObject;
import java.io.IOException;

/**
 * What the machine did with so many bytes just before a cell was measured.
 *
 * @param bytes of each copy
 * @param loopback bytes a second through a plain connection, the median of three
 * @param memory bytes a second from memory to memory in one thread, the median of three
 */
record Yardsticks(long bytes, double loopback, double memory) {
  private static final int TIMES = 3;
  private static final long MOST = 1L << 30;
  private static final double MIB = 1 << 20;

  static Yardsticks take(long bytes) throws IOException, InterruptedException {
    long size = Math.min(bytes, MOST);
    double[] loopback = new double[TIMES];
    double[] memory = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      loopback[i] = Yardstick.loopbackCopyRate(size);
      memory[i] = Yardstick.memoryCopyRate(size);
    }
    return new Yardsticks(
        bytes, new Distribution(loopback).median(), new Distribution(memory).median());
  }

  double loopbackMillis() {
    return bytes * 1e3 / loopback;
  }

  double memoryMillis() {
    return bytes * 1e3 / memory;
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("loopbackMillis", Row.rounded(loopbackMillis()));
    json.addProperty("loopbackMiBPerSecond", Row.rounded(loopback / MIB));
    json.addProperty("memoryCopyMillis", Row.rounded(memoryMillis()));
    json.addProperty("memoryCopyMiBPerSecond", Row.rounded(memory / MIB));
    return json;
  }
}
