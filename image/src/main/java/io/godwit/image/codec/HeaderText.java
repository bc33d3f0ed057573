package io.godwit.image.codec;

import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.ImageLimits;
import io.godwit.image.RawText;
import io.godwit.image.codec.ImageHeader.CipherParameters;
import io.godwit.image.codec.ImageHeader.Generation;
import io.godwit.image.codec.ImageHeader.Part;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The header as text: lines of ASCII, a key and its value, in a fixed order. The first line and the
 * last keep their form in every version, so that a reader can tell damage from a version that it
 * does not know.
 *
 * <pre>
 * GODWIT IMAGE 1
 * requires zstd                                  names of features, "-" for none
 * writer 0.1.0
 * pod 7f3a
 * name counter
 * node alpha
 * architecture x86_64
 * kernel 6.18.0
 * processes 3
 * threads 12
 * generation 1 parent 0 frozen 2026-11-22T11:20:31.123456789Z
 * cipher SALT CHECK                              only where encrypted
 * part meta.pb 1234 crc32c 0a1b2c3d
 * part index 400 crc32c 0a1b2c3d
 * part pages 409600 crc32c 0a1b2c3d
 * end crc32c 0a1b2c3d                            of all bytes before this line
 * </pre>
 */
final class HeaderText {
  static final String PART = "header";
  private static final String MAGIC = "GODWIT IMAGE ";
  private static final String END = "end crc32c ";
  private static final int END_BYTES = END.length() + 9;
  private static final String NUMBER = "0|[1-9][0-9]{0,18}";

  private final String where;
  private final Iterator<String> lines;
  private String line = "";

  private HeaderText(String where, Iterator<String> lines) {
    this.where = where;
    this.lines = lines;
  }

  static byte[] encode(ImageHeader header) {
    StringBuilder out = new StringBuilder(1024);
    out.append(MAGIC).append(header.version()).append('\n');
    line(out, "requires", header.features().isEmpty() ? "-" : String.join(" ", header.features()));
    line(out, "writer", escape(header.writer()));
    line(out, "pod", escape(header.pod()));
    line(out, "name", escape(header.name()));
    line(out, "node", escape(header.node()));
    line(out, "architecture", escape(header.architecture()));
    line(out, "kernel", escape(header.kernel()));
    line(out, "processes", Integer.toString(header.processes()));
    line(out, "threads", Integer.toString(header.threads()));
    for (Generation generation : header.generations()) {
      line(
          out,
          "generation",
          generation.number()
              + " parent "
              + generation.parent()
              + " frozen "
              + generation.frozen());
      generation.cipher().ifPresent(c -> line(out, "cipher", c.salt() + " " + c.check()));
      for (Part part : List.of(generation.metadata(), generation.index(), generation.pages())) {
        line(
            out,
            "part",
            part.file() + " " + part.size() + " crc32c " + Failures.hex(part.checksum()));
      }
    }
    byte[] body = out.toString().getBytes(StandardCharsets.US_ASCII);
    out.append(END).append(Failures.hex(Crc.of(ByteBuffer.wrap(body)))).append('\n');
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a header.
   *
   * @param where what is being read, for errors
   */
  static ImageHeader decode(byte[] bytes, String where) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int compared = Math.min(MAGIC.length(), text.length());
    if (!MAGIC.startsWith(text.substring(0, compared))) {
      throw Failures.notAnImage(where, "its header does not begin with '" + MAGIC.strip() + "'");
    }
    checkEnd(bytes, text, where);
    String body = text.substring(0, text.length() - END_BYTES);
    HeaderText in = new HeaderText(where, body.lines().iterator());
    try {
      return in.header();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw Failures.inconsistent(where, PART, "line '" + in.line + "': " + e.getMessage());
    }
  }

  private static void checkEnd(byte[] bytes, String text, String where) {
    int at = text.length() - END_BYTES;
    if (at < 0 || !text.endsWith("\n") || !text.startsWith("\n" + END, at - 1)) {
      int last = text.lastIndexOf("\n" + END);
      if (last >= 0 && last + 1 < at) {
        throw Failures.altered(where, PART, last + 1 + END_BYTES, "there is more after its end");
      }
      throw new GodwitException(
          ImageError.TRUNCATED,
          "cannot read " + where,
          "part 'header' is truncated or altered: after "
              + bytes.length
              + " bytes its last line is not 'end crc32c ...'",
          "use another copy or an older generation; this one cannot be trusted");
    }
    String expected = text.substring(at + END.length(), text.length() - 1);
    int is = Crc.of(ByteBuffer.wrap(bytes, 0, at));
    if (!expected.equals(Failures.hex(is))) {
      throw Failures.altered(
          where, PART, 0, "CRC32C is " + Failures.hex(is) + " and should be " + expected);
    }
  }

  private ImageHeader header() {
    int version = version();
    List<String> features = features();
    String writer = unescape(value("writer"));
    String pod = unescape(value("pod"));
    String name = unescape(value("name"));
    String node = unescape(value("node"));
    String architecture = unescape(value("architecture"));
    String kernel = unescape(value("kernel"));
    int processes = count(value("processes"));
    int threads = count(value("threads"));
    List<Generation> generations = new ArrayList<>();
    while (lines.hasNext()) {
      generations.add(generation());
    }
    return new ImageHeader(
        version,
        features,
        writer,
        pod,
        name,
        node,
        architecture,
        kernel,
        processes,
        threads,
        generations);
  }

  private int version() {
    line = lines.next();
    String number = line.substring(MAGIC.length());
    long version = number(number);
    if (version > ImageHeader.VERSION) {
      throw new GodwitException(
          ImageError.NEWER_VERSION,
          "cannot read " + where,
          "it is of format version "
              + version
              + "; this Godwit knows versions up to "
              + ImageHeader.VERSION,
          "use the Godwit that wrote it, or a newer one");
    }
    if (version < ImageHeader.VERSION) {
      throw new GodwitException(
          ImageError.OLDER_VERSION,
          "cannot read " + where,
          "it is of format version "
              + version
              + "; this Godwit reads version "
              + ImageHeader.VERSION,
          "restart it with the Godwit that wrote it and checkpoint it again with this one");
    }
    return (int) version;
  }

  private List<String> features() {
    String value = value("requires");
    if (value.equals("-")) {
      return List.of();
    }
    List<String> features = List.of(value.split(" ", -1));
    List<String> unknown =
        features.stream().filter(f -> !ImageHeader.KNOWN_FEATURES.contains(f)).toList();
    if (!unknown.isEmpty()) {
      throw new GodwitException(
          ImageError.UNKNOWN_FEATURE,
          "cannot read " + where,
          "it requires features that this Godwit does not have: "
              + unescape(String.join(", ", unknown)),
          "use the Godwit that wrote it, or a newer one");
    }
    return features;
  }

  private Generation generation() {
    String[] words = value("generation").split(" ", -1);
    if (words.length != 5 || !words[1].equals("parent") || !words[3].equals("frozen")) {
      throw new IllegalArgumentException("not a generation");
    }
    Instant frozen = Instant.parse(words[4]);
    Optional<CipherParameters> cipher = Optional.empty();
    line = next();
    if (line.startsWith("cipher ")) {
      String[] parts = line.substring("cipher ".length()).split(" ", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException("not a cipher");
      }
      cipher = Optional.of(new CipherParameters(parts[0], parts[1]));
      line = next();
    }
    Part metadata = part();
    line = next();
    Part index = part();
    line = next();
    Part pages = part();
    return new Generation(count(words[0]), count(words[2]), frozen, cipher, metadata, index, pages);
  }

  private Part part() {
    String[] words = line.split(" ", -1);
    if (words.length != 5
        || !words[0].equals("part")
        || !words[3].equals("crc32c")
        || !words[4].matches("[0-9a-f]{8}")) {
      throw new IllegalArgumentException("not a part");
    }
    return new Part(words[1], number(words[2]), Integer.parseUnsignedInt(words[4], 16));
  }

  private String value(String key) {
    line = next();
    if (!line.startsWith(key + " ")) {
      throw new IllegalArgumentException("'" + key + "' is missing");
    }
    return line.substring(key.length() + 1);
  }

  private String next() {
    if (!lines.hasNext()) {
      throw new IllegalArgumentException("a line is missing after it");
    }
    return lines.next();
  }

  private static long number(String text) {
    if (!text.matches(NUMBER)) {
      throw new IllegalArgumentException("not a number: '" + escape(text) + "'");
    }
    return Long.parseLong(text);
  }

  private static int count(String text) {
    long number = number(text);
    if (number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("too large: " + number);
    }
    return (int) number;
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append(key).append(' ').append(value).append('\n');
  }

  /** Printable ASCII stays; the percent sign and every other byte become %XX. */
  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : RawText.encode(text)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append("%%%02x".formatted(b & 0xff));
      }
    }
    return out.toString();
  }

  private static String unescape(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()) {
          throw new IllegalArgumentException("an escape is cut short");
        }
        out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(c);
      }
    }
    if (out.size() > ImageLimits.MAX_NAME_BYTES) {
      throw new IllegalArgumentException("a value is longer than " + ImageLimits.MAX_NAME_BYTES);
    }
    return RawText.decode(out.toByteArray());
  }
}
