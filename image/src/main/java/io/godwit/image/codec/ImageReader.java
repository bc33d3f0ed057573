package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.ImageLimits;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.codec.ImageHeader.Generation;
import io.godwit.image.codec.ImageHeader.Part;
import io.godwit.image.codec.PageIndex.Run;
import io.godwit.image.codec.PayloadCoder.PayloadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Reads one generation of an image. Opening checks the header, the sizes of all parts, the metadata
 * and the page indexes; each chunk of pages is checked when it is read. Threads may call {@link
 * #replay} at once, each with a sink of its own.
 */
public final class ImageReader implements AutoCloseable {
  private final Path directory;
  private final String where;
  private final ImageHeader header;
  private final Generation generation;
  private final PodImage image;
  private final List<PageFileReader> chain = new ArrayList<>();
  private final PageIndex index = new PageIndex();

  private final Object cacheLock = new Object();
  private @Nullable Cursor cached;

  private ImageReader(Path directory, OptionalInt number, Optional<EncryptionKey> key) {
    this.directory = directory;
    this.where = "the image " + directory;
    this.header = header(directory);
    this.generation = find(number);
    try {
      openChain(key);
      image = metadata(coder(generation, key));
      for (int i = 0; i < chain.size(); i++) {
        int source = i;
        chain.get(i).scan((chunk, at) -> index.add(source, chunk, at));
      }
      index.finish();
    } catch (RuntimeException e) {
      try {
        close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Opens the newest generation of an image that is not encrypted. */
  public static ImageReader open(Path directory) {
    return open(directory, OptionalInt.empty(), Optional.empty());
  }

  /**
   * Opens an image.
   *
   * @param generation its number, absent for the newest
   * @param key needed where it is encrypted
   */
  public static ImageReader open(
      Path directory, OptionalInt generation, Optional<EncryptionKey> key) {
    return new ImageReader(directory.toAbsolutePath().normalize(), generation, key);
  }

  /** Reads and checks the header alone. */
  public static ImageHeader header(Path directory) {
    String where = "the image " + directory;
    Path file = directory.resolve(HeaderText.PART);
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(directory)) {
        throw Failures.notAnImage(where, "the directory has no file 'header'");
      }
      if (Files.exists(directory) && !Files.isDirectory(directory)) {
        throw Failures.notAnImage(where, "it is not a directory");
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(ImageLimits.MAX_HEADER_BYTES + 1);
        if (bytes.length > ImageLimits.MAX_HEADER_BYTES) {
          throw Failures.tooLarge(
              where, HeaderText.PART, Files.size(file), ImageLimits.MAX_HEADER_BYTES);
        }
        ImageHeader header = HeaderText.decode(bytes, where);
        if (header.generations().isEmpty()) {
          throw Failures.inconsistent(where, HeaderText.PART, "it names no generation");
        }
        return header;
      }
    } catch (IOException e) {
      throw Failures.io("cannot read the image", directory, e);
    }
  }

  private Generation find(OptionalInt number) {
    if (number.isEmpty()) {
      return header.newest();
    }
    return header
        .generation(number.getAsInt())
        .orElseThrow(
            () ->
                new GodwitException(
                    ImageError.NO_SUCH_GENERATION,
                    "cannot read " + where,
                    "it has no generation " + number.getAsInt(),
                    "it has: "
                        + String.join(
                            ", ",
                            header.generations().stream()
                                .map(g -> Integer.toString(g.number()))
                                .toList())));
  }

  /** Opens the parts from the oldest generation that is needed to the one that is wanted. */
  private void openChain(Optional<EncryptionKey> key) {
    Generation current = generation;
    while (true) {
      chain.addFirst(new PageFileReader(where, directory, current, coder(current, key)));
      if (current.parent() == 0) {
        return;
      }
      int parent = current.parent();
      current =
          header
              .generation(parent)
              .orElseThrow(
                  () ->
                      Failures.inconsistent(
                          where, HeaderText.PART, "generation " + parent + " is missing"));
    }
  }

  private PayloadCoder coder(Generation of, Optional<EncryptionKey> key) {
    Optional<SecretKey> secret = Optional.empty();
    if (of.cipher().isPresent()) {
      if (key.isEmpty() || !key.get().fits(of.cipher().get())) {
        throw new GodwitException(
            ImageError.KEY_NEEDED,
            "cannot read " + where,
            key.isEmpty() ? "it is encrypted" : "the key is not the one it was encrypted with",
            "give the key file that it was written with: --key FILE");
      }
      secret = Optional.of(key.get().generationKey(of.cipher().get()));
    }
    return new PayloadCoder(OptionalInt.empty(), secret);
  }

  private PodImage metadata(PayloadCoder coder) {
    Part part = generation.metadata();
    if (part.size() > ImageLimits.MAX_METADATA_BYTES + 64) {
      throw Failures.tooLarge(where, part.file(), part.size(), ImageLimits.MAX_METADATA_BYTES);
    }
    try (FileChannel channel = PageFileReader.openPart(where, directory, part)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) part.size());
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw Failures.truncated(where, part.file(), bytes.position(), part.size());
        }
      }
      bytes.flip();
      int checksum = Crc.of(bytes);
      if (checksum != part.checksum()) {
        throw Failures.checksum(where, part.file(), 0, checksum, part.checksum());
      }
      ByteBuffer plain = coder.openPart(bytes, ImageWriter.boundTo(generation.number()));
      return PodCodec.decode(plain, "part '" + part.file() + "' of " + where);
    } catch (IOException e) {
      throw Failures.io("cannot read the image", directory, e);
    } catch (PayloadException e) {
      throw Failures.inconsistent(where, part.file(), String.valueOf(e.getMessage()));
    }
  }

  public ImageHeader header() {
    return header;
  }

  public Generation generation() {
    return generation;
  }

  /** Everything but the pages. */
  public PodImage image() {
    return image;
  }

  /** The objects that have pages. */
  public List<ObjectId> owners() {
    return index.owners();
  }

  /** What is there of an object, ascending, each kind joined. */
  public List<PageExtent> extents(ObjectId owner) {
    return index.extents(owner);
  }

  /** Gives every page of every object to a sink, each once. */
  public void replay(PageSink sink) {
    for (ObjectId owner : owners()) {
      replay(owner, sink);
    }
  }

  /**
   * Gives every page of an object to a sink, ascending. The buffers are the reader's again when the
   * sink returns.
   */
  public void replay(ObjectId owner, PageSink sink) {
    replay(owner, new AddressRange(0, Long.MAX_VALUE), sink);
  }

  /** As above, of a range alone: so several threads can share an object between them. */
  public void replay(ObjectId owner, AddressRange range, PageSink sink) {
    Cursor cursor = new Cursor();
    int count = index.count(owner);
    for (int i = index.placeOf(owner, range.start()); i < count; i++) {
      Run run = index.run(owner, i);
      if (run.start() >= range.end()) {
        return;
      }
      Run part = run.cut(Math.max(run.start(), range.start()), Math.min(run.end(), range.end()));
      AddressRange piece = new AddressRange(part.start(), part.end());
      if (part.kind() == PageExtent.Kind.ZERO) {
        sink.zeros(owner, piece);
      } else {
        sink.pages(owner, piece, cursor.bytes(part));
      }
    }
  }

  /**
   * Reads from one address on until the buffer is full or a page is missing.
   *
   * @return how many bytes were read, 0 where nothing is known of the address
   */
  public int read(ObjectId owner, long address, ByteBuffer into) {
    synchronized (cacheLock) {
      Cursor cursor = cached;
      if (cursor == null) {
        cursor = new Cursor();
        cached = cursor;
      }
      int done = 0;
      while (into.hasRemaining()) {
        Run run = index.at(owner, address + done);
        if (run == null) {
          break;
        }
        long from = address + done;
        int size = (int) Math.min(into.remaining(), run.end() - from);
        if (run.kind() == PageExtent.Kind.ZERO) {
          for (int i = 0; i < size; i++) {
            into.put((byte) 0);
          }
        } else {
          into.put(cursor.bytes(run.cut(from, from + size)));
        }
        done += size;
      }
      return done;
    }
  }

  /** Reads and checks every byte of pages of this generation and those it builds on. */
  public void verify(VerifyListener listener) {
    ChunkBuffers buffers = new ChunkBuffers();
    for (PageFileReader reader : chain) {
      reader.scan(
          (chunk, at) -> {
            try {
              reader.payload(chunk, buffers);
            } catch (GodwitException damage) {
              listener.damaged(damage);
            }
            listener.read(chunk.stored());
          });
    }
  }

  /** Learns how a verification goes. */
  public interface VerifyListener {
    /** So many further bytes of pages have been read. */
    void read(long bytes);

    /** A place that is not what was written; the verification goes on after it. */
    void damaged(GodwitException damage);
  }

  @Override
  public void close() {
    for (PageFileReader reader : chain) {
      reader.close();
    }
  }

  /** The chunk that was read last, so that runs of one chunk read it once. */
  private final class Cursor {
    private final ChunkBuffers buffers = new ChunkBuffers();
    private ByteBuffer pages = ByteBuffer.allocate(0);
    private int source = -1;
    private long record = -1;

    /** The bytes of a run of data. */
    ByteBuffer bytes(Run run) {
      if (run.source() != source || run.record() != record) {
        source = -1;
        PageFileReader reader = chain.get(run.source());
        pages = reader.payload(reader.record(run.record(), run.recordBytes()), buffers);
        source = run.source();
        record = run.record();
      }
      return pages.slice(run.within(), (int) (run.end() - run.start()));
    }
  }
}
