package io.godwit.image.codec;

import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.codec.ImageHeader.Generation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Changes to the generations of a directory. Each takes effect by replacing the header, so at every
 * moment the directory has a valid generation; files that no header names are swept by the next
 * change. One process at a time changes a directory: the file {@code lock} is locked meanwhile.
 * Readers need no lock: files once named are never changed, and those open stay readable when they
 * are removed.
 */
public final class Generations {
  private static final String LOCK = "lock";
  private static final String NEXT = "header.next";
  private static final Pattern PART =
      Pattern.compile("(meta\\.pb|index|pages)(\\.[0-9]+(\\.full)?)?");

  private Generations() {}

  /**
   * Begins a further generation. Its writer says only how it differs from the newest one, whose
   * pages hold where it says nothing: memory that is gone or was mapped anew has to be said absent.
   */
  public static ImageWriter append(Path directory, StorageOptions options) {
    return begin(directory, false, options);
  }

  /** Begins a further generation that builds on no other. */
  public static ImageWriter appendFull(Path directory, StorageOptions options) {
    return begin(directory, true, options);
  }

  private static ImageWriter begin(Path directory, boolean full, StorageOptions options) {
    Path target = directory.toAbsolutePath().normalize();
    ImageReader.header(target);
    FileChannel lock = lock(target);
    try {
      ImageHeader header = ImageReader.header(target);
      sweep(target, header);
      return ImageWriter.append(target, header, full, lock, options);
    } catch (IOException e) {
      throw unlock(lock, Failures.io("cannot add to the image", target, e));
    } catch (GodwitException e) {
      throw unlock(lock, e);
    }
  }

  /**
   * Merges old generations away: the newest {@code keep} remain, the oldest of them holding all
   * that it needs.
   *
   * @param key of the image where it is encrypted
   * @param options how the merged generation is stored
   */
  public static void merge(
      Path directory, int keep, Optional<EncryptionKey> key, StorageOptions options) {
    if (keep < 1) {
      throw new IllegalArgumentException("at least one generation is kept, not " + keep);
    }
    Path target = directory.toAbsolutePath().normalize();
    ImageReader.header(target);
    FileChannel lock = lock(target);
    try (lock) {
      ImageHeader header = ImageReader.header(target);
      sweep(target, header);
      if (header.generations().size() <= keep) {
        return;
      }
      List<Generation> kept =
          header
              .generations()
              .subList(header.generations().size() - keep, header.generations().size());
      Generation base = kept.getFirst();
      if (base.parent() == 0) {
        byte[] text = HeaderText.encode(header.withGenerations(kept));
        replaceHeader(target, text, options.durable());
      } else {
        rewrite(target, header.withGenerations(kept), base, key, options);
      }
      sweep(target, ImageReader.header(target));
    } catch (IOException e) {
      throw Failures.io("cannot merge the image", target, e);
    }
  }

  private static void rewrite(
      Path target,
      ImageHeader kept,
      Generation base,
      Optional<EncryptionKey> key,
      StorageOptions options)
      throws IOException {
    try (ImageReader reader = ImageReader.open(target, OptionalInt.of(base.number()), key);
        ImageWriter writer = ImageWriter.rewrite(target, kept, base, options)) {
      reader.replay(writer);
      writer.commit(reader.image());
    }
  }

  private static FileChannel lock(Path directory) {
    Path file = directory.resolve(LOCK);
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return channel;
        }
      } catch (OverlappingFileLockException e) {
        channel.close();
        throw inUse(directory);
      }
      channel.close();
      throw inUse(directory);
    } catch (IOException e) {
      throw Failures.io("cannot lock the image", directory, e);
    }
  }

  private static GodwitException inUse(Path directory) {
    return new GodwitException(
        ImageError.IN_USE,
        "cannot change the image " + directory,
        "another checkpoint or merge is writing to it",
        "wait until that is done and try again");
  }

  private static GodwitException unlock(FileChannel lock, GodwitException failure) {
    try {
      lock.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /** Removes what an interrupted change has left. */
  static void sweep(Path directory, ImageHeader header) throws IOException {
    Set<String> named = new HashSet<>();
    for (Generation generation : header.generations()) {
      named.add(generation.metadata().file());
      named.add(generation.index().file());
      named.add(generation.pages().file());
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.equals(NEXT) || (PART.matcher(name).matches() && !named.contains(name))) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  /** Puts a new header in the place of the old one, as one step even when the machine dies. */
  static void replaceHeader(Path directory, byte[] header, boolean durable) throws IOException {
    Path next = directory.resolve(NEXT);
    Files.deleteIfExists(next);
    if (durable) {
      Directories.sync(directory);
    }
    try {
      Directories.write(next, header, durable);
      Files.move(next, directory.resolve(HeaderText.PART), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
    if (durable) {
      Directories.sync(directory);
    }
  }
}
