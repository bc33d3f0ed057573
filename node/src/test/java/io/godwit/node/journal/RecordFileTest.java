package io.godwit.node.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
  @TempDir Path directory;

  private static RecordFile sample() {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("name", "two\nlines \\ and = signs");
    values.put("epoch", "17");
    return new RecordFile("sample", values);
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    Path file = directory.resolve("a" + RecordFile.SUFFIX);
    sample().write(file);
    assertThat(RecordFile.read(file, "sample")).isEqualTo(sample());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void everyFlippedBitAndEveryTruncationIsAnError() {
    byte[] good = sample().encode();
    for (int i = 0; i < good.length; i++) {
      byte[] flipped = good.clone();
      flipped[i] ^= 4;
      assertDamaged(flipped);
      assertDamaged(Arrays.copyOf(good, i));
    }
    assertThat(RecordFile.decode(good, "sample", "good")).isEqualTo(sample());
  }

  @Test
  void anotherKindIsAnError() {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> RecordFile.decode(sample().encode(), "other", "x"));
  }

  @Test
  void leftoversOfInterruptedWritesAreNotListed() throws Exception {
    sample().write(directory.resolve("b" + RecordFile.SUFFIX));
    Files.writeString(directory.resolve("c" + RecordFile.SUFFIX + ".partial"), "half");
    assertThat(RecordFile.list(directory)).hasSize(1);
    assertThat(Files.exists(directory.resolve("c" + RecordFile.SUFFIX + ".partial"))).isFalse();
  }

  @Test
  void aDirectoryThatOthersMayEnterIsRefused() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> DurableFiles.ownedDirectory(open))
        .withMessageContaining("chmod 700");
    DurableFiles.ownedDirectory(directory.resolve("made"));
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("made"))))
        .isEqualTo("rwx------");
  }

  private static void assertDamaged(byte[] content) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> RecordFile.decode(content, "sample", "damaged"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(NodeError.JOURNAL_DAMAGED));
  }
}
