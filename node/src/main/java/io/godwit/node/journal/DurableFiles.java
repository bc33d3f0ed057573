package io.godwit.node.journal;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that are there whole or not at all, and stay there when the machine dies. */
public final class DurableFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  static final String PARTIAL = ".partial";

  private DurableFiles() {}

  /** Replaces {@code file} by {@code content}, readable by the owner alone. */
  public static void write(Path file, byte[] content) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
    Files.deleteIfExists(partial);
    try (FileChannel channel =
        FileChannel.open(
            partial,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OWNER_FILE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectoryOf(file);
  }

  /** Removes a file for good; one that is not there is fine. */
  public static void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      forceDirectoryOf(file);
    }
  }

  /** Reads a file that may not be longer than {@code limit}. */
  public static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw new IOException(file + " is longer than " + limit + " bytes");
      }
      return content;
    }
  }

  /** Makes a directory that only its owner may enter, or checks the one that is there. */
  public static void ownedDirectory(Path directory) {
    try {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        Path above = directory.getParent();
        if (above != null && !Files.exists(above)) {
          Files.createDirectories(above);
        }
        Files.createDirectory(directory, OWNER_DIRECTORY);
        return;
      }
      requireOwned(directory);
    } catch (IOException failed) {
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "using the directory " + directory,
          failed.getClass().getSimpleName() + ": " + failed.getMessage(),
          "name another with --state or node.state, or run as the user that owns it",
          failed);
    }
  }

  private static void requireOwned(Path directory) throws IOException {
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> others = EnumSet.copyOf(permissions);
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "using the directory " + directory,
          "it is not a directory",
          "name another with --state or node.state");
    }
    if (!others.isEmpty()) {
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "using the directory " + directory,
          "other users may enter it (" + PosixFilePermissions.toString(permissions) + ")",
          "it holds keys and the memory of processes: chmod 700 " + directory);
    }
  }

  /** Removes what an interrupted write left behind. */
  public static void sweep(Path directory) throws IOException {
    try (DirectoryStream<Path> partials = Files.newDirectoryStream(directory, "*" + PARTIAL)) {
      for (Path partial : partials) {
        Files.deleteIfExists(partial);
      }
    }
  }

  /** The name that a file has now is on the disk when this returns. */
  public static void forceDirectoryOf(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(parent(file), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("not a file: " + file);
    }
    return parent;
  }
}
