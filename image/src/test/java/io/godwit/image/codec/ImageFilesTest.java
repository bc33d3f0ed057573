package io.godwit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.RandomImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
  private static final ObjectId ONE = new ObjectId(1);
  private static final ObjectId TWO = new ObjectId(2);
  private static final EncryptionKey KEY = EncryptionKey.of(new byte[32]);

  @TempDir Path temp;

  private final PodImage image = RandomImages.pod(3, 3);

  static Stream<StorageOptions> options() {
    StorageOptions plain = StorageOptions.PLAIN.notDurable();
    return Stream.of(
        plain, plain.withCompression(1), plain.withKey(KEY), plain.withCompression(3).withKey(KEY));
  }

  @Test
  void pagesComeBackAsTheyWere() {
    int number = 0;
    for (StorageOptions options : options().toList()) {
      for (int seed = 0; seed < 12; seed++) {
        Path directory = temp.resolve("image-" + number++);
        PageModel model = new PageModel();
        try (ImageWriter writer = ImageWriter.create(directory, options)) {
          model.fill(writer, new Random(seed), seed % 2 == 0 ? 40 : 400);
          writer.commit(image);
        }
        try (ImageReader reader = ImageReader.open(directory, OptionalInt.empty(), options.key())) {
          assertThat(reader.image()).isEqualTo(image);
          model.check(reader);
        }
      }
    }
  }

  @Test
  void largeRangesFromSeveralThreadsComeBack() throws Exception {
    Path directory = temp.resolve("image");
    int pieces = 8;
    int size = 3 << 20;
    byte[] content = new byte[pieces * size];
    new Random(5).nextBytes(content);
    try (ImageWriter writer = ImageWriter.create(directory, StorageOptions.PLAIN.notDurable())) {
      List<Thread> threads =
          java.util.stream.IntStream.range(0, pieces)
              .mapToObj(
                  i ->
                      Thread.ofPlatform()
                          .start(
                              () ->
                                  writer.pages(
                                      ONE,
                                      new AddressRange((long) i * size, (long) (i + 1) * size),
                                      ByteBuffer.wrap(content, i * size, size))))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
      writer.commit(image);
    }
    try (ImageReader reader = ImageReader.open(directory)) {
      assertThat(reader.extents(ONE))
          .containsExactly(
              new PageExtent(new AddressRange(0, content.length), PageExtent.Kind.DATA));
      byte[] back = new byte[content.length];
      assertThat(reader.read(ONE, 0, ByteBuffer.wrap(back))).isEqualTo(content.length);
      assertThat(back).isEqualTo(content);
      assertThat(reader.read(TWO, 0, ByteBuffer.allocate(10))).isZero();
    }
  }

  @Test
  void onlyTheOwnerReadsAnImage() throws IOException {
    Path directory = temp.resolve("image");
    write(directory);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files)
          .hasSize(4)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void theHeaderCanBeReadByAPerson() throws IOException {
    Path directory = temp.resolve("image");
    write(directory);
    String header = Files.readString(directory.resolve("header"));
    assertThat(header)
        .startsWith("GODWIT IMAGE 1\nrequires system-v\nwriter 0.1.0\n")
        .contains("\narchitecture x86_64\n")
        .contains("\npart meta.pb ")
        .contains("\npart index ")
        .contains("\npart pages 8192 crc32c ")
        .endsWith("\n");
  }

  @Test
  void anAbandonedImageLeavesNothing() throws IOException {
    Path directory = temp.resolve("image");
    try (ImageWriter writer = ImageWriter.create(directory, StorageOptions.PLAIN)) {
      writer.zeros(ONE, new AddressRange(0, 4096));
    }
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void anythingInTheWayIsNotReplaced() throws IOException {
    Path directory = Files.createDirectory(temp.resolve("image"));
    write(directory);
    assertThatThrownBy(() -> ImageWriter.create(directory, StorageOptions.PLAIN))
        .isInstanceOfSatisfying(
            GodwitException.class, e -> assertThat(e.code()).isEqualTo(ImageError.ALREADY_EXISTS));
    ImageReader.open(directory).close();
  }

  @Test
  void anotherKeyOrNoneIsRefused() {
    Path directory = temp.resolve("image");
    StorageOptions options = StorageOptions.PLAIN.notDurable().withKey(KEY);
    try (ImageWriter writer = ImageWriter.create(directory, options)) {
      writer.commit(image);
    }
    byte[] other = new byte[32];
    other[0] = 1;
    for (Optional<EncryptionKey> key :
        List.of(Optional.<EncryptionKey>empty(), Optional.of(EncryptionKey.of(other)))) {
      assertThatThrownBy(() -> ImageReader.open(directory, OptionalInt.empty(), key))
          .isInstanceOfSatisfying(
              GodwitException.class, e -> assertThat(e.code()).isEqualTo(ImageError.KEY_NEEDED));
    }
  }

  private void write(Path directory) {
    try (ImageWriter writer = ImageWriter.create(directory, StorageOptions.PLAIN)) {
      ByteBuffer pages = ByteBuffer.allocate(8192);
      new Random(9).nextBytes(pages.array());
      writer.pages(ONE, new AddressRange(0x10000, 0x12000), pages);
      writer.commit(image);
    }
  }
}
