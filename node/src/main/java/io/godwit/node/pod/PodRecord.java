package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

/**
 * What a daemon must know of a running pod to find it again after a restart; a file of its own in
 * the state directory, replaced as a whole.
 *
 * @param initStart when the init was started, in the clock ticks of {@code /proc/PID/stat}, so that
 *     another process with the same number is not taken for it
 * @param mainPodPid the program's first process as the pod numbers it
 */
public record PodRecord(
    String id,
    String hostname,
    boolean network,
    boolean terminal,
    TimeOffsets clocks,
    Pid init,
    long initStart,
    int mainPodPid,
    String cgroup) {
  private static final String FILE = "pod.properties";

  /** Writes the record durably: a crash leaves the old one or the new one. */
  void save(Path directory) {
    Properties p = new Properties();
    p.setProperty("version", "1");
    p.setProperty("id", id);
    p.setProperty("hostname", hostname);
    p.setProperty("network", Boolean.toString(network));
    p.setProperty("terminal", Boolean.toString(terminal));
    p.setProperty("monotonic", Long.toString(clocks.monotonicNanos()));
    p.setProperty("boottime", Long.toString(clocks.bootNanos()));
    p.setProperty("init", init.toString());
    p.setProperty("initStart", Long.toString(initStart));
    p.setProperty("main", Integer.toString(mainPodPid));
    p.setProperty("cgroup", cgroup);
    try {
      StringWriter text = new StringWriter();
      p.store(text, null);
      Files.createDirectories(directory);
      Path fresh = directory.resolve(FILE + ".new");
      try (FileChannel file =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      }
      Files.move(
          fresh,
          directory.resolve(FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("the record of pod " + id + " cannot be written", e);
    }
  }

  static boolean isIn(Path directory) {
    return Files.isRegularFile(directory.resolve(FILE));
  }

  static PodRecord load(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      if (Files.size(file) > PodLimits.RECORD_BYTES) {
        throw damaged(file, "it is larger than " + PodLimits.RECORD_BYTES + " bytes", null);
      }
      Properties p = new Properties();
      p.load(new StringReader(Files.readString(file)));
      if (!required(p, "version", file).equals("1")) {
        throw damaged(file, "its version is " + p.getProperty("version"), null);
      }
      return new PodRecord(
          required(p, "id", file),
          required(p, "hostname", file),
          Boolean.parseBoolean(required(p, "network", file)),
          Boolean.parseBoolean(required(p, "terminal", file)),
          new TimeOffsets(
              Long.parseLong(required(p, "monotonic", file)),
              Long.parseLong(required(p, "boottime", file))),
          new Pid(Integer.parseInt(required(p, "init", file))),
          Long.parseLong(required(p, "initStart", file)),
          Integer.parseInt(required(p, "main", file)),
          required(p, "cgroup", file));
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static String required(Properties p, String key, Path file) {
    String value = p.getProperty(key);
    if (value == null) {
      throw damaged(file, "it has no entry '" + key + "'", null);
    }
    return value;
  }

  private static GodwitException damaged(
      Path file, String why, @org.jspecify.annotations.Nullable Exception cause) {
    return new GodwitException(
        PodError.RECORD_DAMAGED,
        "the pod record " + file + " cannot be used",
        why,
        "end the pod's processes by its cgroup and remove the directory",
        cause);
  }
}
