package io.godwit.image.codec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Changes to the generations of a directory. Each takes effect by replacing the header. */
final class Generations {
  private static final String NEXT = "header.next";

  private Generations() {}

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
