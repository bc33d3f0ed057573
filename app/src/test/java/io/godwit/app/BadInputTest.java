package io.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.fixture.CommandProcess;
import io.godwit.app.fixture.Subject;
import io.godwit.cli.CommandIo;
import io.godwit.core.control.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users get wrong, and what disks do: each a code, an exit status, and nothing half done. */
@Timeout(300)
class BadInputTest {
  /** So many places of each file of an image are damaged. */
  private static final int SAMPLES = 24;

  @TempDir Path directory;
  private Path image;

  @BeforeEach
  void setUp() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"),
        "checkpoints of any process need root");
    image = directory.resolve("image");
  }

  /** A command in this process; gives back its failure. */
  private static JsonObject failure(int status, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandIo io =
        new CommandIo(
            InputStream.nullInputStream(),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Map.of(),
            false,
            false,
            false);
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add(1, "--json");
    int actual = Main.run(line, io);
    assertThat(actual).as(() -> line + ": " + out + err).isEqualTo(status);
    JsonObject error =
        JsonText.parseObject(err.toString(StandardCharsets.UTF_8).strip()).getAsJsonObject("error");
    assertThat(error.get("exit").getAsInt()).isEqualTo(status);
    assertThat(error.get("advice").getAsString()).isNotEmpty();
    return error;
  }

  private static String code(JsonObject error) {
    return error.get("code").getAsString();
  }

  private JsonObject notWritten(int status, String pid) {
    JsonObject error = failure(status, "checkpoint", pid, "--to", image.toString());
    assertThat(image).doesNotExist();
    return error;
  }

  @Test
  void processesThatNobodyCanMove() throws IOException {
    assertThat(code(notWritten(4, "4194000"))).isEqualTo("GW-APP-001");
    assertThat(code(notWritten(3, "1"))).isEqualTo("GW-APP-004");
    String self = Long.toString(ProcessHandle.current().pid());
    assertThat(code(notWritten(3, self))).isEqualTo("GW-APP-004");
    assertThat(code(notWritten(2, "4194000000"))).isEqualTo("GW-CLI-006");
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      String kernelThread =
          processes
              .map(each -> each.getFileName().toString())
              .filter(name -> name.matches("[0-9]+"))
              .filter(name -> parent(name).equals("2"))
              .findFirst()
              .orElse("");
      Assumptions.assumeTrue(!kernelThread.isEmpty(), "no kernel thread is to be seen here");
      JsonObject error = notWritten(3, kernelThread);
      assertThat(code(error)).isEqualTo("GW-ENGINE-101");
      assertThat(error.toString()).contains("kernel thread");
    }
  }

  private static String parent(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1];
    } catch (IOException ended) {
      return "";
    }
  }

  @Test
  void whatIsNoImageIsNotRestarted() throws IOException {
    assertThat(code(failure(4, "restart", "--here", image.toString()))).isEqualTo("GW-IMAGE-001");
    Files.createDirectory(image);
    assertThat(code(failure(7, "restart", "--here", image.toString()))).isEqualTo("GW-IMAGE-002");
    Files.writeString(image.resolve("header"), "GODWIT IMAGE 99\nend crc32c 00000000\n");
    assertThat(failure(7, "restart", image.toString()).toString()).contains("GW-IMAGE-00");
  }

  /** A copy of a small program of its own, so that it can be changed; it has been checkpointed. */
  private Path checkpointed() throws Exception {
    Path program = directory.resolve("program");
    Files.copy(Path.of("/bin/sleep").toRealPath(), program, StandardCopyOption.COPY_ATTRIBUTES);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Subject subject = Subject.start(directory, program.toString(), "600")) {
      CommandProcess.Outcome outcome =
          CommandProcess.run("checkpoint", subject.pid(), "--to", image.toString());
      assertThat(outcome.err()).isEmpty();
      subject.awaitGone();
    }
    return program;
  }

  private JsonObject notRestarted(int status) {
    long before = ProcessHandle.current().children().count();
    JsonObject error = failure(status, "restart", "--here", "--detach", image.toString());
    assertThat(ProcessHandle.current().children().count()).isEqualTo(before);
    return error;
  }

  @Test
  void damagedAndNewerImagesStartNothing() throws Exception {
    checkpointed();
    for (String part : List.of("header", "meta.pb", "index", "pages")) {
      Path file = image.resolve(part);
      byte[] good = Files.readAllBytes(file);
      for (int i = 0; i < SAMPLES; i++) {
        int at = (int) ((long) good.length * i / SAMPLES);
        byte[] bad = good.clone();
        bad[at] ^= (byte) (1 << (i % 8));
        Files.write(file, bad);
        assertThat(code(notRestarted(7))).as("%s byte %s", part, at).startsWith("GW-IMAGE-");
        if (i % 4 == 0) {
          Files.write(file, Arrays.copyOf(good, at));
          assertThat(code(notRestarted(7))).as("%s cut to %s", part, at).startsWith("GW-IMAGE-");
        }
      }
      Files.write(file, good);
    }
    String header = Files.readString(image.resolve("header"));
    String newer = header.replace("GODWIT IMAGE 1\n", "GODWIT IMAGE 2\n");
    String body = newer.substring(0, newer.lastIndexOf("end crc32c "));
    CRC32C sum = new CRC32C();
    sum.update(body.getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        image.resolve("header"), body + "end crc32c %08x\n".formatted((int) sum.getValue()));
    JsonObject error = notRestarted(7);
    assertThat(code(error)).isEqualTo("GW-IMAGE-006");
    assertThat(error.toString()).contains("version 2");
  }

  @Test
  void aMissingOrChangedProgramIsNamed() throws Exception {
    Path program = checkpointed();
    FileTime then = Files.getLastModifiedTime(program);
    byte[] good = Files.readAllBytes(program);
    Files.delete(program);
    requireNamed(program, "it is not there");
    Files.write(program, Arrays.copyOf(good, good.length - 1));
    requireNamed(program, "bytes now instead of " + good.length);
    byte[] other = good.clone();
    other[good.length / 2] ^= 1;
    Files.write(program, other);
    requireNamed(program, "it was last changed at");
    // The right one again: it starts.
    Files.write(program, good);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setLastModifiedTime(program, then);
    try (CommandProcess back =
        CommandProcess.start("restart", "--here", "--detach", image.toString())) {
      // Its output does not end with it: the process has it now.
      Subject.await(() -> back.out().text().endsWith("\n"), back.err()::text);
      long number = Long.parseLong(back.out().text().strip());
      ProcessHandle.of(number).ifPresent(ProcessHandle::destroyForcibly);
      assertThat(back.await().status()).isZero();
    }
  }

  private void requireNamed(Path program, String why) {
    JsonObject error = notRestarted(3);
    assertThat(code(error)).isEqualTo("GW-ENGINE-010");
    assertThat(error.toString()).contains(program.toString(), why);
  }

  @Test
  void aFullDiskLeavesTheProcessRunningAndNoImage() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    Assumptions.assumeTrue(
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=2m", "commands-disk", "" + disk)
                .start()
                .waitFor()
            == 0,
        "no tmpfs can be mounted here");
    String script =
        "import os, time\nblock = os.urandom(8 << 20)\nprint('up', flush=True)\n"
            + "while not os.path.exists('go'): time.sleep(0.01)\nprint(len(block))";
    try (Subject subject = Subject.start(directory, Subject.python(), "-c", script)) {
      subject.awaitLines(1);
      for (String[] more : new String[][] {{}, {"--leave-running"}}) {
        List<String> line =
            new ArrayList<>(
                List.of("checkpoint", "--json", subject.pid(), "--to", disk + "/image"));
        line.addAll(List.of(more));
        CommandProcess.Outcome full = CommandProcess.run(line.toArray(new String[0]));
        assertThat(full.status()).as(full.err()).isEqualTo(8);
        assertThat(full.error().get("code").getAsString()).isEqualTo("GW-IMAGE-010");
        try (Stream<Path> left = Files.list(disk)) {
          assertThat(left).isEmpty();
        }
      }
      Files.createFile(directory.resolve("go"));
      assertThat(subject.output()).isEqualTo("up\n" + (8 << 20) + "\n");
      assertThat(subject.status()).isZero();
    } finally {
      new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
    }
  }

  @Test
  void aProcessOfSomebodyElseIsNotPermitted() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
    try (Subject subject = Subject.start(directory, "sleep", "600");
        CommandProcess stranger =
            CommandProcess.startAs(
                // It may read the program's own files, wherever they are, and no more.
                List.of(
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "--inh-caps=+dac_read_search",
                    "--ambient-caps=+dac_read_search"),
                "checkpoint",
                "--json",
                subject.pid(),
                "--to",
                "/tmp/godwit-stranger")) {
      CommandProcess.Outcome refused = stranger.await();
      assertThat(refused.status()).as(refused.err()).isEqualTo(5);
      assertThat(subject.isAlive()).isTrue();
      assertThat(Path.of("/tmp/godwit-stranger")).doesNotExist();
    }
  }
}
