package io.godwit.image.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** Files and directories that only their owner reads, and how they become durable. */
final class Directories {
  private Directories() {}

  /** A new directory beside {@code target}, mode 0700, that no reader takes for an image. */
  static Path partial(Path target) throws IOException {
    String name = "." + target.getFileName() + ".partial-" + UUID.randomUUID();
    return Files.createDirectory(
        target.resolveSibling(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** A new file, mode 0600, open for reading and writing. */
  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Writes a whole new file. */
  static void write(Path file, byte[] content, boolean durable) throws IOException {
    try (FileChannel channel = create(file)) {
      PageFileWriter.writeFully(channel, ByteBuffer.wrap(content), 0);
      if (durable) {
        channel.force(true);
      }
    }
  }

  /** Waits until the entries of a directory are on the disk. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static boolean isEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  /** Removes a directory that holds files alone. */
  static void remove(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        Files.deleteIfExists(entry);
      }
    }
    Files.deleteIfExists(directory);
  }
}
