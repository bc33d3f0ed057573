package io.godwit.linux.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.proc.ProcFs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uses a mounted tree as any program would, through the kernel. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FuseServerTest {
  @TempDir Path root;
  private final MemoryTree tree = new MemoryTree();
  private @Nullable FuseServer server;

  @BeforeEach
  void mount() {
    assumeTrue(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse");
    try {
      server =
          FuseServer.mount(tree, root.toString(), FuseServer.Config.ofName("godwit-linux-test"));
    } catch (LinuxException e) {
      assumeTrue(false, "mounting needs CAP_SYS_ADMIN: " + e.getMessage());
    }
  }

  @AfterEach
  void unmount() {
    if (server != null) {
      server.close();
    }
    assertThat(ProcFs.host().self().mountInfo())
        .noneMatch(m -> m.mountPoint().equals(root.toString()));
  }

  @Test
  void filesAreWrittenAndRead() throws IOException {
    Path file = root.resolve("a file");
    byte[] data = new byte[5_000_000];
    new Random(7).nextBytes(data);
    Files.write(file, data);
    assertThat(Arrays.equals(Files.readAllBytes(file), data)).isTrue();
    assertThat(Files.size(file)).isEqualTo(data.length);
    try (var channel =
        java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("xyz".getBytes(StandardCharsets.UTF_8)), 4_999_999);
      channel.truncate(5_000_001);
    }
    assertThat(Files.size(file)).isEqualTo(5_000_001);
    byte[] again = Files.readAllBytes(file);
    assertThat(again[4_999_999]).isEqualTo((byte) 'x');
    assertThat(again[1234]).isEqualTo(data[1234]);
  }

  @Test
  void directoriesAndNames() throws IOException {
    Files.createDirectories(root.resolve("d/e"));
    for (int i = 0; i < 500; i++) {
      Files.createFile(root.resolve("d/file-" + i));
    }
    try (Stream<Path> names = Files.list(root.resolve("d"))) {
      assertThat(names.map(p -> p.getFileName().toString()).toList())
          .hasSize(501)
          .contains("e", "file-0", "file-499");
    }
    Files.move(root.resolve("d/file-1"), root.resolve("d/e/moved"));
    assertThat(root.resolve("d/e/moved")).exists();
    assertThat(root.resolve("d/file-1")).doesNotExist();
    Files.delete(root.resolve("d/e/moved"));
    assertThatThrownBy(() -> Files.delete(root.resolve("d"))).isInstanceOf(IOException.class);
    Files.delete(root.resolve("d/e"));
    assertThat(root.resolve("d/e")).doesNotExist();
  }

  @Test
  void linksAndAttributes() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "text");
    Files.createSymbolicLink(root.resolve("s"), Path.of("f"));
    assertThat(Files.readSymbolicLink(root.resolve("s"))).isEqualTo(Path.of("f"));
    assertThat(Files.readString(root.resolve("s"))).isEqualTo("text");
    Files.createLink(root.resolve("h"), file);
    assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(2);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwxr-x--x");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_234_567_890_123L));
    assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(1_234_567_890_123L);
    assertThat(Files.getFileStore(file).getTotalSpace()).isEqualTo(4096_000);
    assertThatThrownBy(() -> Descriptors.open(root + "/nothing", FileAbi.O_RDONLY))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }

  @Test
  void aProgramRunsInIt() throws Exception {
    Files.copy(Path.of("/bin/echo"), root.resolve("echo"));
    Process process =
        new ProcessBuilder(root.resolve("echo").toString(), "hello")
            .directory(root.toFile())
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("hello\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void flockWaitsForTheOther() throws Exception {
    String path = Files.createFile(root.resolve("lock")).toString();
    Fd first = Descriptors.open(path, FileAbi.O_RDWR);
    Fd second = Descriptors.open(path, FileAbi.O_RDWR);
    try {
      Descriptors.lock(first, FileAbi.LOCK_EX);
      assertThatThrownBy(() -> Descriptors.lock(second, FileAbi.LOCK_EX | FileAbi.LOCK_NB))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.is(Errno.EAGAIN)).isTrue());
      CompletableFuture<Void> waits = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(
              () -> {
                Descriptors.lock(second, FileAbi.LOCK_EX);
                waits.complete(null);
              });
      // More than the server's threads are asked while one lock is waited for.
      for (int i = 0; i < 20; i++) {
        Files.writeString(root.resolve("other-" + i), "x");
      }
      assertThat(waits).isNotDone();
      Descriptors.lock(first, FileAbi.LOCK_UN);
      waits.get(20, TimeUnit.SECONDS);
    } finally {
      Descriptors.close(first);
      Descriptors.close(second);
    }
  }

  @Test
  void configurationsAreChecked() {
    for (int transfer : List.of(0, 5000, 2 << 20)) {
      assertThatThrownBy(
              () -> new FuseServer.Config("x", 1, transfer, java.time.Duration.ZERO, true, true))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> FuseServer.Config.ofName("a,b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
