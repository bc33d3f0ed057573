package io.godwit.node.daemon;

import io.godwit.core.control.MigrationReport;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;

/**
 * Prints how long a small program finds itself stopped when it moves between two daemons of this
 * machine, and where that time goes. Arguments: MiB, moves, strategy. Not a test; the program tells
 * the longest gap in its own clock.
 */
final class FreezeBench {
  private static final String PACE =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <stdint.h>
      #include <sys/mman.h>
      #include <time.h>
      #include <unistd.h>
      static int64_t now(void) {
        struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * 1000000000LL + t.tv_nsec;
      }
      int main(int argc, char **argv) {
        int fd = open(argv[1], O_RDWR);
        volatile int64_t *board = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        int64_t pages = MIB * 256L;
        uint64_t *m = mmap(0, pages * 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        uint64_t x = 88172645463325252u;
        for (int64_t i = 0; i < pages * 512; i++) {
          x ^= x << 13; x ^= x >> 7; x ^= x << 17; m[i] = x;
        }
        board[0] = 1;
        int64_t last = now(), written = last, page = 0;
        for (;;) {
          int64_t t = now();
          if (t - last > board[5]) board[5] = t - last;
          if (t - written > 390000) { m[page * 512] += 1; page = (page + 1) % 2048; written = t; }
          last = t;
          board[0]++;
          struct timespec nap = {0, 100000}; nanosleep(&nap, 0);
        }
      }
      """;

  private static final ConcurrentLinkedQueue<String> TIMES = new ConcurrentLinkedQueue<>();

  /** Another program instead, whose own view is not known. */
  private static final String COMMAND = System.getProperty("command");

  private FreezeBench() {}

  public static void main(String[] arguments) throws Exception {
    int mib = Integer.parseInt(arguments[0]);
    int moves = Integer.parseInt(arguments[1]);
    String strategy = arguments.length > 2 ? arguments[2] : "";
    Path directory = Files.createTempDirectory("path-freeze");
    Path source = Files.writeString(directory.resolve("pace.c"), PACE);
    Path program = directory.resolve("pace");
    new ProcessBuilder("gcc", "-O1", "-DMIB=" + mib, "-o", "" + program, "" + source)
        .inheritIO()
        .start()
        .waitFor();
    Path file = directory.resolve("board");
    Files.write(file, new byte[4096]);
    MappedByteBuffer board;
    try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
      board = random.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 4096);
      board.order(ByteOrder.nativeOrder());
    }
    try (RecordingStream recording = new RecordingStream();
        Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      recording.onEvent("io.godwit.MigrationPhase", e -> note(e, e.getString("side")));
      recording.onEvent("io.godwit.engine.Phase", e -> note(e, "engine"));
      recording.setOrdered(true);
      recording.startAsync();
      LocalDaemons.couple(alpha, beta);
      var _ =
          alpha
              .operations()
              .run(
                  LocalDaemons.ROOT,
                  LocalDaemons.program(
                      "pace",
                      (COMMAND == null
                              ? List.of(program.toString(), file.toString())
                              : List.of(COMMAND.split(",")))
                          .toArray(String[]::new)));
      if (COMMAND == null) {
        LocalDaemons.await("it goes on", () -> board.getLong(0) >= 1);
      } else {
        LockSupport.parkNanos(3_000_000_000L);
      }
      List<Double> gaps = new ArrayList<>();
      for (int i = 0; i < moves; i++) {
        board.putLong(40, 0);
        Daemon to = i % 2 == 0 ? beta : alpha;
        MigrationReport report =
            alpha
                .operations()
                .migrate(alpha.operations().find("pace"), to.self(), strategy, p -> {});
        LocalDaemons.await(
            "it goes on", () -> alpha.operations().find("pace").node().equals(to.self().name()));
        long seen = board.getLong(0);
        if (COMMAND == null) {
          LocalDaemons.await("it goes on", () -> board.getLong(0) > seen + 10);
        }
        double gap = COMMAND == null ? board.getLong(40) / 1e6 : report.freezeMicros() / 1e3;
        gaps.add(gap);
        System.out.printf(
            Locale.ROOT,
            "%2d: gap %.1f ms, told %.1f ms, total %.1f ms, %d KiB%n",
            i,
            gap,
            report.freezeMicros() / 1e3,
            report.totalMicros() / 1e3,
            report.bytes() >> 10);
      }
      LockSupport.parkNanos(1_500_000_000);
      if (Boolean.getBoolean("times")) {
        TIMES.forEach(System.out::println);
      }
      List<Double> sorted = gaps.subList(moves / 4, moves).stream().sorted().toList();
      System.out.printf(
          Locale.ROOT,
          "%d MiB, %s: median %.1f ms, most %.1f ms%n",
          mib,
          strategy.isEmpty() ? "default" : strategy,
          sorted.get(sorted.size() / 2),
          sorted.getLast());
      alpha.operations().signal(alpha.operations().find("pace"), 9);
      LockSupport.parkNanos(500_000_000);
    }
  }

  private static void note(RecordedEvent event, String side) {
    long start = ChronoUnit.MICROS.between(Instant.EPOCH, event.getStartTime()) % 1_000_000_000L;
    TIMES.add(
        "%10d .. %7d us  %-12s %s %d"
            .formatted(
                start,
                event.getDuration().toNanos() / 1000,
                side,
                event.getString("phase"),
                event.getLong("bytes")));
  }
}
