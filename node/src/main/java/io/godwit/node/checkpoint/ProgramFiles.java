package io.godwit.node.checkpoint;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.image.FileReference;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The programs and libraries that the processes of an image execute. Only pages that differ from
 * the file are in an image, so a file that was changed since would be a mixture of two: it is told
 * by its size and the time of its last change, which copies of packages keep.
 */
final class ProgramFiles {
  private ProgramFiles() {}

  /**
   * Compares all of them with what the image says.
   *
   * @param root the root directory of the processes, as this process sees it
   * @throws GodwitException FILE_CHANGED for the first that is missing or another one
   */
  static void requireUnchanged(PodImage image, Path root) {
    Map<String, FileReference> files = new LinkedHashMap<>();
    for (LiveProcess process : image.live()) {
      process.memory().executable().ifPresent(file -> files.put(file.path(), file));
      for (Vma vma : process.memory().mappings()) {
        if (vma.kind() instanceof VmaKind.FileMapping mapping
            && !vma.shared()
            && vma.protection().execute()) {
          files.putIfAbsent(mapping.file().path(), mapping.file());
        }
      }
    }
    for (FileReference file : files.values()) {
      if (!file.deleted()) {
        compare(file, root.resolve(file.path().substring(1)));
      }
    }
  }

  private static void compare(FileReference file, Path here) {
    long size;
    long modified;
    try {
      size = Files.size(here);
      modified = Files.getLastModifiedTime(here).to(TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      throw changed(file, "it is not there", "put the file in its place");
    }
    if (size != file.size()) {
      throw changed(
          file,
          "it has %d bytes now instead of %d".formatted(size, file.size()),
          "put the file as it was in its place");
    }
    if (modified != file.modifiedNanos()) {
      throw changed(
          file,
          "it was last changed at "
              + instant(modified)
              + " instead of "
              + instant(file.modifiedNanos()),
          "put the file as it was in its place; if it is the same all the same: --ignore-times");
    }
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }

  private static GodwitException changed(FileReference file, String why, String advice) {
    return new GodwitException(
        EngineError.FILE_CHANGED,
        "the program cannot be built: it executes " + file.path(),
        why,
        advice);
  }
}
