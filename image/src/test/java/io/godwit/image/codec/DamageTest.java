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
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the files, the reader says what and where, or reads what was written. */
class DamageTest {
  private static final List<String> PARTS = List.of("header", "meta.pb", "index", "pages");
  private static final EncryptionKey KEY = EncryptionKey.of(new byte[32]);

  @TempDir Path temp;

  private final PodImage image = RandomImages.pod(11, 1);

  private Path write(StorageOptions options) {
    Path directory = temp.resolve("image");
    try (ImageWriter writer = ImageWriter.create(directory, options)) {
      byte[] content = new byte[600];
      new Random(1).nextBytes(content);
      java.util.Arrays.fill(content, 100, 500, (byte) 7);
      for (int i = 0; i < 3; i++) {
        ObjectId owner = new ObjectId(1 + i);
        writer.pages(owner, new AddressRange(4096, 4696), ByteBuffer.wrap(content));
        writer.zeros(owner, new AddressRange(8192, 12288));
      }
      writer.commit(image);
    }
    return directory;
  }

  /** Opens and reads everything; gives the failure, if there is one. */
  private static Optional<GodwitException> readAll(Path directory) {
    try (ImageReader reader = ImageReader.open(directory, OptionalInt.empty(), Optional.of(KEY))) {
      List<GodwitException> damages = new ArrayList<>();
      reader.verify(
          new ImageReader.VerifyListener() {
            @Override
            public void read(long bytes) {
              assertThat(bytes).isNotNegative();
            }

            @Override
            public void damaged(GodwitException damage) {
              damages.add(damage);
            }
          });
      return damages.stream().findFirst();
    } catch (GodwitException e) {
      return Optional.of(e);
    }
  }

  @Test
  void everyFlippedBitIsFoundAndItsPartNamed() throws IOException {
    for (StorageOptions options :
        List.of(
            StorageOptions.PLAIN.notDurable(),
            StorageOptions.PLAIN.notDurable().withCompression(1).withKey(KEY))) {
      Path directory = write(options);
      assertThat(readAll(directory)).isEmpty();
      for (String part : PARTS) {
        Path file = directory.resolve(part);
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
          byte[] bad = good.clone();
          bad[at] ^= (byte) (1 << (at % 8));
          Files.write(file, bad);
          Optional<GodwitException> failure = readAll(directory);
          assertThat(failure).as("%s byte %s", part, at).isPresent();
          assertThat(failure.get().code()).isInstanceOf(ImageError.class);
          assertThat(failure.get().why()).as("%s byte %s", part, at).contains(part);
        }
        Files.write(file, good);
      }
      assertThat(readAll(directory)).isEmpty();
      Directories.remove(directory);
    }
  }

  @Test
  void everyBitOfTheHeaderCounts() throws IOException {
    Path directory = write(StorageOptions.PLAIN.notDurable());
    byte[] good = Files.readAllBytes(directory.resolve("header"));
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> HeaderText.decode(bad, "a test"))
          .as("bit %s", bit)
          .isInstanceOf(GodwitException.class);
    }
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    Path directory = write(StorageOptions.PLAIN.notDurable());
    for (String part : PARTS) {
      Path file = directory.resolve(part);
      byte[] good = Files.readAllBytes(file);
      for (int length = 0; length < good.length; length++) {
        Files.write(file, java.util.Arrays.copyOf(good, length));
        Optional<GodwitException> failure = readAll(directory);
        assertThat(failure).as("%s cut to %s", part, length).isPresent();
        assertThat(failure.get().code()).isEqualTo(ImageError.TRUNCATED);
        assertThat(failure.get().why()).contains("'" + part + "'");
      }
      Files.write(file, good);
    }
  }

  @Test
  void bytesTooManyAreFound() throws IOException {
    Path directory = write(StorageOptions.PLAIN.notDurable());
    for (String part : PARTS) {
      Path file = directory.resolve(part);
      byte[] good = Files.readAllBytes(file);
      Files.write(file, java.util.Arrays.copyOf(good, good.length + 1));
      assertThat(readAll(directory).map(GodwitException::code))
          .as(part)
          .hasValueSatisfying(
              code -> assertThat(code).isIn(ImageError.ALTERED, ImageError.TRUNCATED));
      Files.write(file, good);
    }
  }

  @Test
  void aMissingPartIsNamed() throws IOException {
    Path directory = write(StorageOptions.PLAIN.notDurable());
    for (String part : List.of("meta.pb", "index", "pages")) {
      Path file = directory.resolve(part);
      Path away = temp.resolve("away");
      Files.move(file, away);
      assertThat(readAll(directory).orElseThrow())
          .satisfies(e -> assertThat(e.code()).isEqualTo(ImageError.NOT_FOUND))
          .hasMessageContaining(part);
      Files.move(away, file);
    }
  }

  @Test
  void whatIsNoImageIsSaidToBeNone() throws IOException {
    assertThat(readAll(temp.resolve("nothing")).orElseThrow().code())
        .isEqualTo(ImageError.NOT_FOUND);
    assertThat(readAll(temp).orElseThrow().code()).isEqualTo(ImageError.NOT_AN_IMAGE);
    Path file = Files.writeString(temp.resolve("file"), "hello");
    assertThat(readAll(file).orElseThrow().code()).isEqualTo(ImageError.NOT_AN_IMAGE);
    Path directory = Files.createDirectory(temp.resolve("other"));
    Files.writeString(directory.resolve("header"), "something else\n");
    assertThat(readAll(directory).orElseThrow().code()).isEqualTo(ImageError.NOT_AN_IMAGE);
  }

  @Test
  void otherVersionsAndUnknownFeaturesAreRefusedByName() throws IOException {
    Path directory = write(StorageOptions.PLAIN.notDurable());
    Path file = directory.resolve("header");
    String good = Files.readString(file);
    rewrite(file, good.replace("GODWIT IMAGE 1\n", "GODWIT IMAGE 2\n"));
    assertThat(readAll(directory).orElseThrow())
        .satisfies(e -> assertThat(e.code()).isEqualTo(ImageError.NEWER_VERSION))
        .hasMessageContaining("version 2");
    rewrite(file, good.replace("GODWIT IMAGE 1\n", "GODWIT IMAGE 0\n"));
    assertThat(readAll(directory).orElseThrow())
        .satisfies(e -> assertThat(e.code()).isEqualTo(ImageError.OLDER_VERSION))
        .hasMessageContaining("version 0");
    rewrite(file, good.replaceFirst("requires .*\n", "requires teleport zstd\n"));
    assertThat(readAll(directory).orElseThrow())
        .satisfies(e -> assertThat(e.code()).isEqualTo(ImageError.UNKNOWN_FEATURE))
        .hasMessageContaining("teleport");
  }

  @Test
  void aPathIsNoPart() throws IOException {
    Path directory = write(StorageOptions.PLAIN.notDurable());
    Path file = directory.resolve("header");
    rewrite(file, Files.readString(file).replace("part pages ", "part ../pages "));
    assertThat(readAll(directory).orElseThrow().code()).isEqualTo(ImageError.INCONSISTENT);
  }

  @Test
  void hugeClaimsTakeNoMemory() throws IOException {
    for (String part : List.of("meta.pb", "index", "pages")) {
      Path directory = write(StorageOptions.PLAIN.notDurable());
      Path file = directory.resolve(part);
      long size = Files.size(file);
      long huge = 4L << 40;
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(huge);
      }
      Path header = directory.resolve("header");
      rewrite(
          header,
          Files.readString(header)
              .replace("part " + part + " " + size + " ", "part " + part + " " + huge + " "));
      assertThat(readAll(directory).orElseThrow().code())
          .as(part)
          .isIn(ImageError.TOO_LARGE, ImageError.ALTERED, ImageError.INCONSISTENT);
      Directories.remove(directory);
    }
  }

  /** Random damage with checksums made to fit: only the meaning is left to be checked. */
  @Test
  void damageThatPassesTheChecksumsIsStillOneOfOurErrors() throws IOException {
    Random random = new Random(2);
    Path directory = write(StorageOptions.PLAIN.notDurable());
    Path header = directory.resolve("header");
    String text = Files.readString(header);
    byte[] goodHeader = text.getBytes(StandardCharsets.US_ASCII);
    int refused = 0;
    for (int round = 0; round < 1500; round++) {
      String part = round % 2 == 0 ? "meta.pb" : "index";
      Path file = directory.resolve(part);
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      if (part.equals("index")) {
        fixRecords(bad);
      }
      Files.write(file, bad);
      String was = Failures.hex(Crc.of(ByteBuffer.wrap(good)));
      rewrite(header, text.replace(was, Failures.hex(Crc.of(ByteBuffer.wrap(bad)))));
      Optional<GodwitException> failure = readAll(directory);
      failure.ifPresent(e -> assertThat(e.code()).isInstanceOf(ImageError.class));
      refused += failure.isPresent() ? 1 : 0;
      Files.write(file, good);
      Files.write(header, goodHeader);
    }
    assertThat(refused).isGreaterThan(300);
  }

  private static void fixRecords(byte[] index) {
    ByteBuffer all = ByteBuffer.wrap(index).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (at + Chunk.HEAD_BYTES <= index.length) {
      int length = Chunk.recordBytes(all.slice(at, index.length - at));
      if (length < 0 || at + length > index.length) {
        return;
      }
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(index, at, 36);
      crc.update(index, at + Chunk.HEAD_BYTES, length - Chunk.HEAD_BYTES);
      all.putInt(at + 36, (int) crc.getValue());
      at += length;
    }
  }

  /** Writes a header whose checksum fits. */
  private static void rewrite(Path file, String text) throws IOException {
    String body = text.substring(0, text.lastIndexOf("end crc32c "));
    int crc = Crc.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.US_ASCII)));
    Files.writeString(file, body + "end crc32c " + Failures.hex(crc) + "\n");
  }
}
