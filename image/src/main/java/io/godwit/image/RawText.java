package io.godwit.image;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Names as the kernel keeps them are bytes without an encoding: a thread's name may be cut in the
 * middle of a character, a path may be Latin-1. Records hold them as strings in which a byte that
 * is not UTF-8 stands as the lone surrogate U+DC00 + byte (the scheme of Python's PEP 383), so that
 * every sequence of bytes survives the way through a string.
 */
public final class RawText {
  private static final int ESCAPE = 0xDC00;

  private RawText() {}

  /** The string for these bytes; never fails. */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = result.length(); i > 0; i--) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
      decoder.reset();
    }
  }

  /**
   * The bytes of a string.
   *
   * @throws IllegalArgumentException for a surrogate that {@link #decode} does not make
   */
  public static byte[] encode(String text) {
    try {
      ByteBuffer plain =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[plain.remaining()];
      plain.get(bytes);
      return bytes;
    } catch (CharacterCodingException lone) {
      return encodeEscapes(text);
    }
  }

  private static byte[] encodeEscapes(String text) {
    ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (point >= ESCAPE + 0x80 && point <= ESCAPE + 0xff) {
        out.put((byte) (point - ESCAPE));
      } else if (Character.isBmpCodePoint(point) && Character.isSurrogate((char) point)) {
        throw new IllegalArgumentException("lone surrogate at " + i + " in a name");
      } else {
        out.put(Character.toString(point).getBytes(StandardCharsets.UTF_8));
      }
      i += Character.charCount(point);
    }
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }
}
