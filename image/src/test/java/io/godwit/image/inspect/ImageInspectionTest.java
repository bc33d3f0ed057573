package io.godwit.image.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.AddressRange;
import io.godwit.core.ExitStatus;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.RandomImages;
import io.godwit.image.codec.ImageWriter;
import io.godwit.image.codec.StorageOptions;
import io.godwit.image.inspect.ImageInspection.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageInspectionTest {
  @TempDir Path temp;

  /** A pod whose first process has a mapping at 0x10000 or above it. */
  private static PodImage pod() {
    for (long seed = 0; seed < 1000; seed++) {
      PodImage image = RandomImages.pod(seed, 3);
      if (!image.live().isEmpty() && !image.live().getFirst().memory().mappings().isEmpty()) {
        return image;
      }
    }
    throw new AssertionError("no pod with a mapping");
  }

  private Path write(String name, PodImage image, int fill) {
    Path directory = temp.resolve(name);
    try (ImageWriter writer = ImageWriter.create(directory, StorageOptions.PLAIN.notDurable())) {
      LiveProcess process = image.live().getFirst();
      long start = process.memory().mappings().getFirst().range().start();
      ByteBuffer page = ByteBuffer.allocate(4096);
      page.put(17, (byte) fill);
      writer.pages(process.memory().id(), new AddressRange(start, start + 4096), page);
      writer.commit(image);
    }
    return directory;
  }

  @Test
  void showListsEveryProcess() {
    PodImage image = pod();
    Report report = ImageInspection.show(Source.of(write("a", image, 1)), true);
    assertThat(report.status()).isEqualTo(ExitStatus.OK);
    image
        .processes()
        .forEach(
            process ->
                assertThat(report.lines())
                    .anyMatch(line -> line.strip().startsWith(process.pid() + " ")));
    assertThat(report.json().getAsJsonObject("image").getAsJsonArray("processes"))
        .hasSize(image.processes().size());
    assertThat(report.json().get("pageBytes").getAsLong()).isEqualTo(4096);
  }

  @Test
  void namesCannotCommandTheTerminal() {
    for (long seed = 0; seed < 40; seed++) {
      PodImage image = RandomImages.pod(seed, 2);
      Path directory = temp.resolve("names-" + seed);
      try (ImageWriter writer = ImageWriter.create(directory, StorageOptions.PLAIN.notDurable())) {
        writer.commit(image);
      }
      for (String line : ImageInspection.show(Source.of(directory), true).lines()) {
        assertThat(line.chars()).noneMatch(Character::isISOControl);
      }
    }
  }

  @Test
  void verifyNamesTheDamage() throws IOException {
    Path directory = write("a", pod(), 1);
    AtomicLong read = new AtomicLong();
    Report good = ImageInspection.verify(Source.of(directory), read::addAndGet);
    assertThat(good.status()).isEqualTo(ExitStatus.OK);
    assertThat(read).hasValue(4096);
    byte[] pages = Files.readAllBytes(directory.resolve("pages"));
    pages[100] ^= 4;
    Files.write(directory.resolve("pages"), pages);
    Report bad = ImageInspection.verify(Source.of(directory), bytes -> {});
    assertThat(bad.status()).isEqualTo(ExitStatus.DAMAGED);
    assertThat(bad.text()).contains("GW-IMAGE-004").contains("part 'pages'");
    assertThat(bad.json().get("ok").getAsBoolean()).isFalse();
  }

  @Test
  void diffFindsPagesAndMetadata() {
    PodImage image = pod();
    Source a = Source.of(write("a", image, 1));
    assertThat(ImageInspection.diff(a, a).status()).isEqualTo(ExitStatus.OK);
    Report pages = ImageInspection.diff(a, Source.of(write("b", image, 2)));
    assertThat(pages.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(pages.text()).contains("1 pages changed, 0 added, 0 removed");
    PodImage other =
        new PodImage(
            image.identity(),
            image.origin(),
            new io.godwit.image.Clocks(1, 2, 3),
            image.namespaces(),
            image.processes(),
            image.descriptions(),
            image.pipes(),
            image.terminals(),
            image.sharedMemory(),
            image.savedContents(),
            image.sysv());
    Report metadata = ImageInspection.diff(a, Source.of(write("c", other, 1)));
    assertThat(metadata.text()).contains("clocks.monotonicNanos: ").contains(" -> 2");
    assertThat(metadata.json().getAsJsonArray("pages")).isEmpty();
  }
}
