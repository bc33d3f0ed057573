package io.godwit.bench;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code pace.c} for machines without a compiler: the same arguments, the same lines, without
 * sweeps. Runs in a JVM of its own.
 */
final class PaceProgram {
  private static final int PAGE_LONGS = 512;
  private static final int CHUNK_PAGES = 1 << 16;
  private static final long PACE_NANOS = 5_000_000;
  private static final long IDLE_NANOS = 200_000_000;
  private static final int ARGUMENTS = 7;
  private static volatile boolean stopping;

  private final List<LongBuffer> chunks = new ArrayList<>();
  private final int[] versions;
  private final OutputStream log;

  private PaceProgram(int pages, OutputStream log) {
    this.log = log;
    this.versions = new int[pages];
    for (int page = 0; page < pages; page++) {
      if (page % CHUNK_PAGES == 0) {
        int size = Math.min(CHUNK_PAGES, pages - page) * PAGE_LONGS * Long.BYTES;
        chunks.add(ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder()).asLongBuffer());
      }
      fill(page);
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != ARGUMENTS) {
      throw new IllegalArgumentException(
          "usage: LOG MEMORY_MIB WORKING_SET_MIB DIRTY_MIB_PER_S THREADS DESCRIPTORS GAP_MICROS");
    }
    int pages = Integer.parseInt(arguments[1]) << 8;
    int working = Math.min(pages, Integer.parseInt(arguments[2]) << 8);
    double pagesPerNano = Integer.parseInt(arguments[3]) * 256 / 1e9;
    List<OutputStream> descriptors = new ArrayList<>();
    try (OutputStream log = new FileOutputStream(arguments[0])) {
      PaceProgram program = new PaceProgram(pages, log);
      for (int d = 0; d < Integer.parseInt(arguments[5]); d++) {
        descriptors.add(new FileOutputStream("/dev/null"));
      }
      for (int t = 1; t < Integer.parseInt(arguments[4]); t++) {
        Thread.ofPlatform().daemon().start(PaceProgram::idle);
      }
      Thread main = Thread.currentThread();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main)));
      program.tell("ready " + ProcessHandle.current().pid());
      program.loop(working, pagesPerNano, Long.parseLong(arguments[6]) * 1000);
      int status = program.verify() ? 0 : 3;
      Runtime.getRuntime().halt(status);
    } finally {
      for (OutputStream each : descriptors) {
        each.close();
      }
    }
  }

  /** The termination signal came: the loop ends, and halts the machine when it has verified. */
  private static void end(Thread main) {
    stopping = true;
    try {
      main.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void idle() {
    while (!stopping) {
      LockSupport.parkNanos(IDLE_NANOS);
    }
  }

  private void loop(int working, double pagesPerNano, long threshold) throws IOException {
    long last = System.nanoTime();
    long told = last;
    long turns = 0;
    int next = 0;
    double owed = 0;
    while (!stopping) {
      long now = System.nanoTime();
      if (now - last > threshold) {
        tell("gap " + wallClock() + " " + (now - last));
        owed = 0;
      } else if (working > 0) {
        for (owed += (now - last) * pagesPerNano; owed >= 1; owed--) {
          versions[next]++;
          fill(next);
          next = (next + 1) % working;
        }
      }
      last = now;
      turns++;
      if (now - told >= PACE_NANOS) {
        tell("pace " + wallClock() + " " + turns);
        turns = 0;
        told = now;
      }
    }
  }

  private boolean verify() throws IOException {
    for (int page = 0; page < versions.length; page++) {
      LongBuffer chunk = chunks.get(page / CHUNK_PAGES);
      int at = page % CHUNK_PAGES * PAGE_LONGS;
      for (int i = 0; i < PAGE_LONGS; i++) {
        if (chunk.get(at + i) != word(page, versions[page], i)) {
          tell("damaged " + page);
          return false;
        }
      }
    }
    tell("verified 0");
    return true;
  }

  private void fill(int page) {
    LongBuffer chunk = chunks.get(page / CHUNK_PAGES);
    int at = page % CHUNK_PAGES * PAGE_LONGS;
    for (int i = 0; i < PAGE_LONGS; i++) {
      chunk.put(at + i, word(page, versions[page], i));
    }
  }

  /** Random-looking, so that no page compresses or equals another. */
  private static long word(long page, long version, long index) {
    long x =
        page * 0x9E3779B97F4A7C15L ^ version * 0xC2B2AE3D27D4EB4FL ^ index * 0x165667B19E3779F9L;
    x ^= x >>> 29;
    x *= 0xBF58476D1CE4E5B9L;
    return x ^ x >>> 32;
  }

  private static long wallClock() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  private void tell(String line) throws IOException {
    log.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
  }
}
