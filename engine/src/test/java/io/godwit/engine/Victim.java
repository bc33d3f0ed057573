package io.godwit.engine;

import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Spawn;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/**
 * A C program that is frozen and moved. It maps the file "board" that it gets as its first argument
 * and tells there what it sees: an array of 512 longs that survives the process.
 */
final class Victim implements AutoCloseable {
  static final String PRELUDE =
      """
      #define _GNU_SOURCE
      #include <errno.h>
      #include <fcntl.h>
      #include <poll.h>
      #include <pthread.h>
      #include <signal.h>
      #include <stdatomic.h>
      #include <stdint.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/epoll.h>
      #include <sys/mman.h>
      #include <sys/syscall.h>
      #include <sys/types.h>
      #include <sys/wait.h>
      #include <time.h>
      #include <unistd.h>
      #include <linux/futex.h>
      static volatile int64_t *board;
      static void open_board(const char *path) {
        int fd = open(path, O_RDWR);
        board = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (board == MAP_FAILED) _exit(99);
        close(fd);
      }
      static void nap(long ns) { struct timespec t = {0, ns}; nanosleep(&t, 0); }
      static int64_t now(void) {
        struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * 1000000000LL + t.tv_nsec;
      }
      """;

  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final long TIMEOUT_NANOS = 20_000_000_000L;

  private final Pid pid;
  private final MappedByteBuffer board;

  private Victim(Pid pid, MappedByteBuffer board) {
    this.pid = pid;
    this.board = board;
  }

  /** Compiles the program behind the prelude and starts it. */
  static Victim start(Path directory, String name, String body, String... options)
      throws IOException, InterruptedException {
    Path program = compile(directory, name, body, options);
    Path file = directory.resolve(name + ".board");
    Files.write(file, new byte[4096]);
    // Before the start: only later children count. Orphans then come to this process to be reaped.
    Kernel.call(Syscall.PRCTL, PR_SET_CHILD_SUBREAPER, 1);
    int pid = Spawn.spawn(program.toString(), -1, name, file.toString());
    if (pid < 0) {
      throw new IOException("cannot start " + program + ": errno " + -pid);
    }
    try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
      MappedByteBuffer map = random.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 4096);
      map.order(ByteOrder.nativeOrder());
      return new Victim(new Pid(pid), map);
    }
  }

  static Path compile(Path directory, String name, String body, String... options)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/gcc")), "needs a C compiler, /usr/bin/gcc");
    Path source = directory.resolve(name + ".c");
    Files.writeString(source, PRELUDE + body);
    Path program = directory.resolve(name);
    java.util.List<String> command =
        new java.util.ArrayList<>(
            java.util.List.of("gcc", "-O1", "-pthread", "-o", "" + program, "" + source));
    command.addAll(java.util.List.of(options));
    Process compiler = new ProcessBuilder(command).inheritIO().start();
    if (compiler.waitFor() != 0) {
      throw new IOException("gcc failed on " + source);
    }
    return program;
  }

  Pid pid() {
    return pid;
  }

  /** What the program wrote to a cell of the board. */
  long cell(int index) {
    return board.getLong(index * 8);
  }

  void set(int index, long value) {
    board.putLong(index * 8, value);
  }

  /** Waits until a cell has at least a value. */
  void awaitCell(int index, long atLeast) {
    await(() -> cell(index) >= atLeast, () -> "cell " + index + " is " + cell(index));
  }

  static void await(BooleanSupplier condition, java.util.function.Supplier<String> what) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what.get());
      }
      Thread.onSpinWait();
    }
  }

  boolean isAlive() {
    return Kernel.call(Syscall.KILL, pid.number(), 0) == 0;
  }

  /** Waits for the end and gives back the status. */
  WaitStatus awaitEnd() {
    return reap(pid);
  }

  /** The tracer reaps what it traced if it was reparented to this process in time; else we do. */
  static void reapIfChild(Pid pid) {
    long result = Kernel.call(Syscall.WAIT4, pid.number(), 0, WaitStatus.WALL, 0);
    if (result != pid.number() && result != -10) {
      throw new AssertionError("process " + pid + " cannot be waited for: " + result);
    }
  }

  static WaitStatus reap(Pid pid) {
    NativeBuffer status = NativeBuffer.allocate(8);
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (System.nanoTime() < deadline) {
      long result =
          Kernel.call(
              Syscall.WAIT4,
              pid.number(),
              status.address(),
              WaitStatus.WALL | WaitStatus.WNOHANG,
              0);
      if (result == pid.number()) {
        return new WaitStatus(status.getInt(0));
      }
      if (result < 0) {
        throw new AssertionError("process " + pid + " cannot be waited for: " + result);
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("process " + pid + " does not end");
  }

  /**
   * Ends it where it is still this process's child. Once it has moved away and was reaped, its
   * number may be anybody's.
   */
  @Override
  public void close() {
    int options = WaitStatus.WALL | WaitStatus.WNOHANG;
    if (Kernel.call(Syscall.WAIT4, pid.number(), 0, options, 0) != 0) {
      return;
    }
    for (Pid descendant : Engine.descendants(java.util.List.of(pid)).reversed()) {
      Kernel.call(Syscall.KILL, descendant.number(), Signals.SIGKILL);
    }
    Kernel.call(Syscall.WAIT4, pid.number(), 0, WaitStatus.WALL, 0);
  }
}
