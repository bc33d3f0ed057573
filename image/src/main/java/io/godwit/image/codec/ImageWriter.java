package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.codec.ImageHeader.CipherParameters;
import io.godwit.image.codec.ImageHeader.Generation;
import io.godwit.image.codec.ImageHeader.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes one generation of an image: pages in any order and from any number of threads, then the
 * metadata with {@link #commit}. Until then nothing that opens has changed; closed without a
 * commit, it leaves nothing behind.
 */
public final class ImageWriter implements PageSink, AutoCloseable {
  private final Place place;
  private final StorageOptions options;
  private final Optional<CipherParameters> cipher;
  private final PayloadCoder coder;
  private final FileChannel pages;
  private final FileChannel index;
  private final PageFileWriter output;
  private final ChunkBuilder builder;
  private boolean done;

  private ImageWriter(Place place, StorageOptions options) throws IOException {
    this.place = place;
    this.options = options;
    cipher = options.key().map(EncryptionKey::newParameters);
    coder =
        new PayloadCoder(
            options.compression(),
            options.key().map(key -> key.generationKey(cipher.orElseThrow())));
    pages = Directories.create(place.file("pages"));
    index = Directories.create(place.file("index"));
    output = new PageFileWriter(pages, place.file("pages"), index, place.file("index"), coder);
    builder = new ChunkBuilder(output);
  }

  /**
   * Begins a new image.
   *
   * @param directory to make; may exist if it is empty
   */
  public static ImageWriter create(Path directory, StorageOptions options) {
    Path target = directory.toAbsolutePath().normalize();
    Path partial = null;
    try {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
          && (!Files.isDirectory(target) || !Directories.isEmpty(target))) {
        throw alreadyExists(target);
      }
      partial = Directories.partial(target);
      return new ImageWriter(new NewImage(target, partial), options);
    } catch (IOException e) {
      throw abandon(partial, Failures.io("cannot write the image", target, e));
    }
  }

  /**
   * Begins a further generation of an image: what {@link #commit} adds says only how it differs
   * from the newest one. The header changes last, so the older generations stay valid throughout.
   *
   * @param header of the image as it is
   * @param full the new generation needs no other
   * @param lock held by the writer until it closes
   */
  static ImageWriter append(
      Path directory, ImageHeader header, boolean full, FileChannel lock, StorageOptions options)
      throws IOException {
    return new ImageWriter(new Addition(directory, header, full, lock), options);
  }

  /**
   * Begins to write a generation again so that it needs no other.
   *
   * @param header of the image as it will be, the generation as it is now
   */
  static ImageWriter rewrite(
      Path directory, ImageHeader header, Generation generation, StorageOptions options)
      throws IOException {
    return new ImageWriter(new Rewriting(directory, header, generation), options);
  }

  private static GodwitException abandon(@Nullable Path partial, GodwitException failure) {
    if (partial != null) {
      try {
        Directories.remove(partial);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  private static GodwitException alreadyExists(Path target) {
    return new GodwitException(
        ImageError.ALREADY_EXISTS,
        "cannot write the image " + target,
        "something is there already",
        "name a directory that does not exist or is empty");
  }

  @Override
  public void pages(ObjectId owner, AddressRange range, ByteBuffer bytes) {
    builder.pages(owner, range, bytes);
  }

  @Override
  public void zeros(ObjectId owner, AddressRange range) {
    builder.zeros(owner, range);
  }

  @Override
  public void absent(ObjectId owner, AddressRange range) {
    builder.absent(owner, range);
  }

  /**
   * Completes the generation with its metadata. When this returns the image opens; when it throws,
   * it does not, or opens as it was before.
   *
   * @return the header as written
   */
  public ImageHeader commit(PodImage image) {
    if (done) {
      throw new IllegalStateException("committed or closed already");
    }
    builder.flush();
    output.finish(options.durable());
    byte[] metadata = coder.sealPart(PodCodec.encode(image), boundTo(place.number()));
    try {
      Path file = place.file("meta.pb");
      Directories.write(file, metadata, options.durable());
      Generation generation =
          new Generation(
              place.number(),
              place.parent(),
              instant(image.clocks().realtimeNanos()),
              cipher,
              new Part(
                  file.getFileName().toString(),
                  metadata.length,
                  Crc.of(ByteBuffer.wrap(metadata))),
              output.indexPart(),
              output.pagesPart());
      ImageHeader header = place.header(image, features(image), generation);
      place.publish(HeaderText.encode(header), options.durable());
      done = true;
      return header;
    } catch (IOException e) {
      throw Failures.io("cannot write the image", place.target(), e);
    } finally {
      close();
    }
  }

  /** What the encryption of the metadata is bound to. */
  static byte[] boundTo(int generation) {
    return ("metadata " + generation).getBytes(StandardCharsets.US_ASCII);
  }

  private List<String> features(PodImage image) {
    List<String> features = new ArrayList<>();
    if (output.compressed()) {
      features.add(ImageHeader.ZSTD);
    }
    if (cipher.isPresent()) {
      features.add(ImageHeader.AES);
    }
    if (place.parent() != 0) {
      features.add(ImageHeader.INCREMENTAL);
    }
    if (!image.sysv().isEmpty()) {
      features.add(ImageHeader.SYSTEM_V);
    }
    return features;
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }

  /** Removes what was written unless it was committed. */
  @Override
  public void close() {
    try (pages;
        index) {
      if (!done) {
        done = true;
        place.discard();
      }
      place.release();
    } catch (IOException e) {
      // What is left has no header that names it; nothing opens it.
      throw Failures.io("cannot clean up after the image", place.target(), e);
    }
  }

  /** Where a generation's files go and how they become part of an image. */
  private sealed interface Place {
    Path target();

    int number();

    int parent();

    Path file(String part);

    ImageHeader header(PodImage image, List<String> features, Generation generation);

    void publish(byte[] header, boolean durable) throws IOException;

    void discard() throws IOException;

    /** Frees what the place holds, in either case. */
    default void release() throws IOException {}
  }

  /** A directory that appears as a whole. */
  private record NewImage(Path target, Path partial) implements Place {
    @Override
    public int number() {
      return 1;
    }

    @Override
    public int parent() {
      return 0;
    }

    @Override
    public Path file(String part) {
      return partial.resolve(part);
    }

    @Override
    public ImageHeader header(PodImage image, List<String> features, Generation generation) {
      return ImageHeader.of(image, features, List.of(generation));
    }

    @Override
    public void publish(byte[] header, boolean durable) throws IOException {
      Directories.write(partial.resolve(HeaderText.PART), header, durable);
      if (durable) {
        Directories.sync(partial);
      }
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
          && (!Files.isDirectory(target) || !Directories.isEmpty(target))) {
        throw alreadyExists(target);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      Path parent = target.getParent();
      if (durable && parent != null) {
        Directories.sync(parent);
      }
    }

    @Override
    public void discard() throws IOException {
      if (Files.exists(partial)) {
        Directories.remove(partial);
      }
    }
  }

  /**
   * Further files of a directory, which its next header names.
   *
   * @param full the new generation needs no other
   */
  private record Addition(Path target, ImageHeader before, boolean full, FileChannel lock)
      implements Place {
    @Override
    public int number() {
      return before.newest().number() + 1;
    }

    @Override
    public int parent() {
      return full ? 0 : before.newest().number();
    }

    @Override
    public Path file(String part) {
      return target.resolve(part + "." + number());
    }

    @Override
    public ImageHeader header(PodImage image, List<String> features, Generation generation) {
      List<Generation> generations = new ArrayList<>(before.generations());
      generations.add(generation);
      TreeSet<String> all = new TreeSet<>(before.features());
      all.addAll(features);
      return ImageHeader.of(image, List.copyOf(all), generations);
    }

    @Override
    public void publish(byte[] header, boolean durable) throws IOException {
      Generations.replaceHeader(target, header, durable);
    }

    @Override
    public void discard() throws IOException {
      Generations.sweep(target, ImageReader.header(target));
    }

    @Override
    public void release() throws IOException {
      lock.close();
    }
  }

  /** Files that take the place of a generation's own. The caller holds the lock. */
  private record Rewriting(Path target, ImageHeader after, Generation old) implements Place {
    @Override
    public int number() {
      return old.number();
    }

    @Override
    public int parent() {
      return 0;
    }

    @Override
    public Path file(String part) {
      return target.resolve(part + "." + number() + ".full");
    }

    @Override
    public ImageHeader header(PodImage image, List<String> features, Generation generation) {
      List<Generation> generations = new ArrayList<>(after.generations());
      generations.set(generations.indexOf(old), generation);
      TreeSet<String> all = new TreeSet<>(after.features());
      all.addAll(features);
      return new ImageHeader(
          after.version(),
          List.copyOf(all),
          after.writer(),
          after.pod(),
          after.name(),
          after.node(),
          after.architecture(),
          after.kernel(),
          after.processes(),
          after.threads(),
          generations);
    }

    @Override
    public void publish(byte[] header, boolean durable) throws IOException {
      Generations.replaceHeader(target, header, durable);
    }

    @Override
    public void discard() throws IOException {
      Generations.sweep(target, ImageReader.header(target));
    }
  }
}
