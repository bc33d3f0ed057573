package io.godwit.node.journal;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A record as text that a person can read:
 *
 * <pre>
 * godwit-record 1 KIND      first line: format, version, kind
 * key=value                 any number, sorted; \n, \r and \\ in a value are escaped
 * crc32c=XXXXXXXX           last line: over all bytes before it
 * </pre>
 */
public record RecordFile(String kind, SortedMap<String, String> values) {
  /** The suffix of a record's file name. */
  public static final String SUFFIX = ".record";

  private static final String FORMAT = "godwit-record 1 ";
  private static final String CHECK = "crc32c=";

  public RecordFile {
    values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** A value that must be there. */
  public String require(String key) {
    String value = values.get(key);
    if (value == null) {
      throw damaged("record " + kind, "it has no value '" + key + "'");
    }
    return value;
  }

  /** A number that must be there. */
  public long requireNumber(String key) {
    try {
      return Long.parseLong(require(key));
    } catch (NumberFormatException notANumber) {
      throw damaged("record " + kind, "'" + key + "' is not a number");
    }
  }

  /** A value or what stands for its absence. */
  public String get(String key, String absent) {
    return values.getOrDefault(key, absent);
  }

  /** Writes it to {@code file}, durably. */
  public void write(Path file) {
    try {
      DurableFiles.write(file, encode());
    } catch (IOException failed) {
      throw unwritten(file, failed);
    }
  }

  /**
   * Writes it so that it outlives the daemon, but perhaps not the machine: no disk is waited for.
   */
  public void note(Path file) {
    stage(file).commit();
  }

  /** A record that has been written beside its place, as by {@link #note}. */
  public record Staged(Path partial, Path file) {
    /** Puts it in its place. */
    public void commit() {
      try {
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException failed) {
        throw unwritten(file, failed);
      }
    }

    /** As above; false where somebody has swept it away meanwhile, see {@link #list}. */
    public boolean tryCommit() {
      try {
        commit();
        return true;
      } catch (GodwitException gone) {
        return false;
      }
    }
  }

  /** Prepares a {@link #note}: what is left to do takes no room on the disk. */
  public Staged stage(Path file) {
    Path partial = file.resolveSibling(file.getFileName() + DurableFiles.PARTIAL);
    try {
      Files.write(partial, encode());
    } catch (IOException failed) {
      throw unwritten(file, failed);
    }
    return new Staged(partial, file);
  }

  private static GodwitException unwritten(Path file, IOException failed) {
    return new GodwitException(
        NodeError.STATE_DIRECTORY,
        "writing " + file,
        failed.getClass().getSimpleName() + ": " + failed.getMessage(),
        "make room on the disk of the state directory and check that it is writable",
        failed);
  }

  /** Reads one. */
  public static RecordFile read(Path file, String kind) {
    byte[] content;
    try {
      content = DurableFiles.read(file, NodeLimits.RECORD_BYTES);
    } catch (IOException failed) {
      throw damaged(file.toString(), String.valueOf(failed.getMessage()));
    }
    return decode(content, kind, file.toString());
  }

  /**
   * The record files of a directory, sorted by name; leftovers of interrupted writes are removed.
   */
  public static List<Path> list(Path directory) {
    List<Path> files = new ArrayList<>();
    try {
      DurableFiles.sweep(directory);
      try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
        found.forEach(files::add);
      }
    } catch (IOException failed) {
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "reading the directory " + directory,
          String.valueOf(failed.getMessage()),
          "check that it exists and belongs to the daemon's user",
          failed);
    }
    files.sort(null);
    return files;
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder(FORMAT).append(kind).append('\n');
    for (Map.Entry<String, String> entry : values.entrySet()) {
      text.append(entry.getKey()).append('=').append(escape(entry.getValue())).append('\n');
    }
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    text.append(CHECK).append(checksum(body, body.length)).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static RecordFile decode(byte[] content, String kind, String name) {
    int last = lastLine(content);
    String check = new String(content, last, content.length - last, StandardCharsets.UTF_8);
    if (!check.equals(CHECK + checksum(content, last) + "\n")) {
      throw damaged(name, "its checksum does not fit");
    }
    String[] lines = new String(content, 0, last, StandardCharsets.UTF_8).split("\n", -1);
    if (!lines[0].equals(FORMAT + kind)) {
      throw damaged(name, "it begins with '" + lines[0] + "', not '" + FORMAT + kind + "'");
    }
    SortedMap<String, String> values = new TreeMap<>();
    for (int i = 1; i < lines.length - 1; i++) {
      int equals = lines[i].indexOf('=');
      if (equals <= 0) {
        throw damaged(name, "line " + (i + 1) + " is not key=value");
      }
      values.put(lines[i].substring(0, equals), unescape(lines[i].substring(equals + 1)));
    }
    return new RecordFile(kind, values);
  }

  private static int lastLine(byte[] content) {
    for (int i = content.length - 2; i > 0; i--) {
      if (content[i - 1] == '\n') {
        return i;
      }
    }
    return 0;
  }

  private static String checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return HexFormat.of().toHexDigits(crc.getValue(), 8);
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String value) {
    StringBuilder out = new StringBuilder(value.length());
    boolean escaped = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (escaped) {
        out.append(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static GodwitException damaged(String name, String why) {
    return new GodwitException(
        NodeError.JOURNAL_DAMAGED,
        "reading " + name,
        why,
        "look at the file; what it described has to be decided by hand before it is removed");
  }
}
