package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a file without reading it.
 *
 * @param mtimeNanos time of the last change, nanoseconds since 1970
 */
record FileFacts(long size, long mtimeNanos, boolean directory) {
  private static final int BLOCK_BYTES = 1 << 20;

  /** The facts of a file, or null when there is none. */
  static @Nullable FileFacts of(String path) {
    try {
      BasicFileAttributes found = Files.readAttributes(Path.of(path), BasicFileAttributes.class);
      return new FileFacts(
          found.size(), found.lastModifiedTime().to(TimeUnit.NANOSECONDS), found.isDirectory());
    } catch (IOException | IllegalArgumentException none) {
      return null;
    }
  }

  static byte[] sha256(String path) {
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] block = new byte[BLOCK_BYTES];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        digest.update(block, 0, count);
      }
      return digest.digest();
    } catch (IOException unreadable) {
      throw new GodwitException(
          NodeError.FILE_MISSING,
          "comparing " + path,
          String.valueOf(unreadable.getMessage()),
          "check that the file can be read on both nodes",
          unreadable);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
