package io.godwit.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directories alone: any file system does. */
class PodCgroupTest {
  private static final int PODS = 2000;

  /** Far more often than pods end. */
  private static final long OFTEN_NANOS = 20_000;

  @TempDir Path directory;

  @Test
  void aPodBeginsWhileTheLastOneTakesTheDirectoryWithIt() throws Exception {
    Path base = directory.resolve("godwit-test");
    AtomicBoolean done = new AtomicBoolean();
    Thread last =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    var _ = base.toFile().delete(); // not while there is a pod in it
                    LockSupport.parkNanos(OFTEN_NANOS);
                  }
                });
    try {
      for (int i = 0; i < PODS; i++) {
        PodCgroup made = PodCgroup.create(base, "pod" + i);
        assertThat(made.directory()).isDirectory();
        Files.delete(made.directory());
      }
    } finally {
      done.set(true);
      last.join();
    }
  }

  @Test
  void oneThatIsThereIsNotTakenOver() throws IOException {
    Path base = Files.createDirectories(directory.resolve("godwit-test"));
    Files.createDirectory(base.resolve("pod"));
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> PodCgroup.create(base, "pod"))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(PodError.NO_CGROUP));
  }
}
