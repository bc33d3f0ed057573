package io.godwit.image.codec;

import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** The failures of this package, each in the words that a user reads. */
final class Failures {
  private static final String COPY =
      "use another copy or an older generation; this one cannot be trusted";

  private Failures() {}

  /** A part ends at {@code size} though {@code expected} bytes should be there. */
  static GodwitException truncated(String where, String part, long size, long expected) {
    return new GodwitException(
        ImageError.TRUNCATED,
        "cannot read " + where,
        "part '" + part + "' is truncated: it ends at byte " + size + " of " + expected,
        COPY);
  }

  /** Bytes that are not what was written, at or after an offset of a part. */
  static GodwitException altered(String where, String part, long offset, String detail) {
    return new GodwitException(
        ImageError.ALTERED,
        "cannot read " + where,
        "part '" + part + "' was altered at or after byte " + offset + ": " + detail,
        COPY);
  }

  static GodwitException checksum(String where, String part, long offset, int is, int expected) {
    return altered(where, part, offset, "CRC32C is " + hex(is) + " and should be " + hex(expected));
  }

  /** Content that passes its checksum and yet cannot be. */
  static GodwitException inconsistent(String where, String part, String detail) {
    return new GodwitException(
        ImageError.INCONSISTENT, "cannot read " + where, "part '" + part + "': " + detail, COPY);
  }

  static GodwitException tooLarge(String where, String part, long claimed, long limit) {
    return new GodwitException(
        ImageError.TOO_LARGE,
        "cannot read " + where,
        "part '" + part + "' claims " + claimed + " bytes, more than the limit of " + limit,
        "this is no image that Godwit writes; use another copy");
  }

  static GodwitException notAnImage(String where, String why) {
    return new GodwitException(
        ImageError.NOT_AN_IMAGE,
        "cannot read " + where,
        why,
        "name a directory that 'godwit checkpoint' made");
  }

  /** Translates a failure of input or output; {@code what} begins with "cannot". */
  static GodwitException io(String what, Path path, IOException e) {
    String reason = reason(e);
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota exceeded")) {
      return new GodwitException(
          ImageError.DISK_FULL,
          what + " " + path,
          reason,
          "free some space there or name another directory",
          e);
    }
    if (e instanceof NoSuchFileException) {
      return new GodwitException(
          ImageError.NOT_FOUND, what + " " + path, reason + " does not exist", "check the path", e);
    }
    if (e instanceof AccessDeniedException || lower.contains("operation not permitted")) {
      return new GodwitException(
          ImageError.NOT_PERMITTED,
          what + " " + path,
          reason + ": permission denied",
          "images are readable by their owner alone; run as that user or as root",
          e);
    }
    if (e instanceof ClosedByInterruptException) {
      return new GodwitException(
          ImageError.INPUT_OUTPUT, what + " " + path, "interrupted", "try again", e);
    }
    return new GodwitException(
        ImageError.INPUT_OUTPUT,
        what + " " + path,
        reason,
        "check the disk and the file system that hold it",
        e);
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getFile() + ": " + f.getReason();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  static String hex(int crc) {
    return "%08x".formatted(crc);
  }
}
