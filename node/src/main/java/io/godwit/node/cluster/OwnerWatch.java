package io.godwit.node.cluster;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * How long nobody has touched this machine: by the access times of terminals, which their input
 * moves on (with the kernel's granularity of 8 s, tty_update_time in drivers/tty/tty_io.c), and by
 * the interrupts of the keyboard controller. Used by one thread.
 */
final class OwnerWatch {
  private static final List<String> INPUT = List.of("i8042", "Keyboard", "keyboard");
  private static final long MILLI = 1_000_000L;

  private final Path devices;
  private final ProcFiles proc;
  private long interrupts = -1;
  private long interruptAtNanos = Long.MIN_VALUE;

  OwnerWatch() {
    this(Path.of("/dev"), new ProcFiles(Path.of("/proc")));
  }

  OwnerWatch(Path devices, ProcFiles proc) {
    this.devices = devices;
    this.proc = proc;
  }

  /** Nanoseconds since the last input; {@link Long#MAX_VALUE} where none was ever seen. */
  long idleNanos(long nowNanos, long wallMillis) {
    long last = Math.max(newest(devices.resolve("pts"), "*"), newest(devices, "tty[1-9]*"));
    long byTerminals =
        last == Long.MIN_VALUE ? Long.MAX_VALUE : Math.max(0, wallMillis - last) * MILLI;
    long count = inputInterrupts();
    if (interrupts >= 0 && count > interrupts) {
      interruptAtNanos = nowNanos;
    }
    interrupts = count;
    long byKeyboard =
        interruptAtNanos == Long.MIN_VALUE ? Long.MAX_VALUE : nowNanos - interruptAtNanos;
    return Math.min(byTerminals, byKeyboard);
  }

  private static long newest(Path directory, String pattern) {
    long newest = Long.MIN_VALUE;
    try (DirectoryStream<Path> terminals = Files.newDirectoryStream(directory, pattern)) {
      for (Path terminal : terminals) {
        BasicFileAttributes facts = Files.readAttributes(terminal, BasicFileAttributes.class);
        if (facts.isOther() && !terminal.endsWith("ptmx")) {
          newest = Math.max(newest, facts.lastAccessTime().toMillis());
        }
      }
    } catch (IOException | DirectoryIteratorException none) {
      return newest;
    }
    return newest;
  }

  private long inputInterrupts() {
    long sum = 0;
    for (String line : proc.text("interrupts").split("\n")) {
      if (INPUT.stream().anyMatch(line::contains)) {
        for (String field : line.strip().split(" +")) {
          sum +=
              field.isEmpty() || !Character.isDigit(field.charAt(0)) || field.endsWith(":")
                  ? 0
                  : ProcFiles.number(field);
        }
      }
    }
    return sum;
  }
}
