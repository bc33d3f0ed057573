package io.godwit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.ObjectId;
import io.godwit.image.RandomImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationsTest {
  private static final EncryptionKey KEY = EncryptionKey.of(new byte[32]);
  private static final StorageOptions PLAIN = StorageOptions.PLAIN.notDurable();

  @TempDir Path temp;

  /** Writes a first generation and some that build on it; gives what each should hold. */
  private List<PageModel> write(Path directory, StorageOptions options, int count) {
    Random random = new Random(4);
    PageModel model = new PageModel();
    List<PageModel> models = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      try (ImageWriter writer =
          number == 1
              ? ImageWriter.create(directory, options)
              : Generations.append(directory, options)) {
        model.fill(writer, random, number == 1 ? 200 : 15);
        writer.commit(RandomImages.pod(number, 2));
      }
      models.add(model.copy());
    }
    return models;
  }

  private static void check(Path directory, int number, PageModel model) {
    try (ImageReader reader =
        ImageReader.open(directory, OptionalInt.of(number), Optional.of(KEY))) {
      assertThat(reader.image()).isEqualTo(RandomImages.pod(number, 2));
      model.check(reader);
    }
  }

  @Test
  void everyGenerationHoldsWhatItHeld() {
    Path directory = temp.resolve("image");
    List<PageModel> models = write(directory, PLAIN, 5);
    for (int number = 1; number <= 5; number++) {
      check(directory, number, models.get(number - 1));
    }
    assertThat(ImageReader.header(directory).newest().number()).isEqualTo(5);
    assertThatThrownBy(() -> ImageReader.open(directory, OptionalInt.of(6), Optional.empty()))
        .isInstanceOfSatisfying(
            GodwitException.class,
            e -> assertThat(e.code()).isEqualTo(ImageError.NO_SUCH_GENERATION));
  }

  @Test
  void mergingKeepsTheNewestAndRemovesTheFilesOfTheOthers() throws IOException {
    for (StorageOptions options : List.of(PLAIN, PLAIN.withCompression(1).withKey(KEY))) {
      Path directory = temp.resolve("image" + options.key().isPresent());
      List<PageModel> models = write(directory, options, 4);
      for (int keep = 3; keep >= 1; keep--) {
        Generations.merge(directory, keep, options.key(), options);
        ImageHeader header = ImageReader.header(directory);
        assertThat(header.generations()).hasSize(keep);
        assertThat(header.generations().getFirst().parent()).isZero();
        for (int number = 5 - keep; number <= 4; number++) {
          check(directory, number, models.get(number - 1));
        }
        try (Stream<Path> files = Files.list(directory)) {
          assertThat(files).hasSize(2 + 3 * keep);
        }
      }
    }
  }

  @Test
  void anAbandonedGenerationChangesNothing() throws IOException {
    Path directory = temp.resolve("image");
    List<PageModel> models = write(directory, PLAIN, 2);
    byte[] before = Files.readAllBytes(directory.resolve("header"));
    try (ImageWriter writer = Generations.append(directory, PLAIN)) {
      writer.zeros(new ObjectId(1), new AddressRange(0, 4096));
    }
    assertThat(Files.readAllBytes(directory.resolve("header"))).isEqualTo(before);
    assertThat(directory.resolve("pages.3")).doesNotExist();
    check(directory, 2, models.get(1));
  }

  @Test
  void whatAnInterruptedChangeLeftIsSwept() throws IOException {
    Path directory = temp.resolve("image");
    List<PageModel> models = write(directory, PLAIN, 2);
    for (String left : List.of("pages.3", "index.3", "meta.pb.2.full", "header.next")) {
      Files.writeString(directory.resolve(left), "half");
    }
    check(directory, 2, models.get(1));
    try (ImageWriter writer = Generations.append(directory, PLAIN)) {
      writer.commit(RandomImages.pod(3, 2));
    }
    check(directory, 3, models.get(1));
    assertThat(directory.resolve("meta.pb.2.full")).doesNotExist();
  }

  @Test
  void oneChangeAtATime() {
    Path directory = temp.resolve("image");
    List<PageModel> models = write(directory, PLAIN, 2);
    try (ImageWriter writer = Generations.append(directory, PLAIN)) {
      assertThat(writer).isNotNull();
      assertThatThrownBy(() -> Generations.append(directory, PLAIN))
          .isInstanceOfSatisfying(
              GodwitException.class, e -> assertThat(e.code()).isEqualTo(ImageError.IN_USE));
      assertThatThrownBy(() -> Generations.merge(directory, 1, Optional.empty(), PLAIN))
          .isInstanceOfSatisfying(
              GodwitException.class, e -> assertThat(e.code()).isEqualTo(ImageError.IN_USE));
    }
    Generations.merge(directory, 1, Optional.empty(), PLAIN);
    check(directory, 2, models.get(1));
  }

  @Test
  void aFullGenerationNeedsNoOther() {
    Path directory = temp.resolve("image");
    write(directory, PLAIN, 2);
    PageModel model = new PageModel();
    try (ImageWriter writer = Generations.appendFull(directory, PLAIN)) {
      model.fill(writer, new Random(8), 30);
      writer.commit(RandomImages.pod(3, 2));
    }
    check(directory, 3, model);
    Generations.merge(directory, 1, Optional.empty(), PLAIN);
    check(directory, 3, model);
  }
}
