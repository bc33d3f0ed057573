package io.godwit.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Builds the payload of a message: a fixed part, then attributes (length 2, type 2, value, padded
 * to 4 bytes). All numbers are in the machine's byte order unless a method says otherwise.
 */
final class NetlinkMessage {
  /** Longest payload that Godwit sends. */
  static final int MAX_PAYLOAD = 4096;

  private final ByteBuffer buffer = ByteBuffer.allocate(MAX_PAYLOAD).order(ByteOrder.nativeOrder());

  NetlinkMessage putByte(int value) {
    buffer.put((byte) value);
    return this;
  }

  NetlinkMessage putShort(int value) {
    buffer.putShort((short) value);
    return this;
  }

  NetlinkMessage putInt(int value) {
    buffer.putInt(value);
    return this;
  }

  NetlinkMessage zeros(int count) {
    buffer.put(new byte[count]);
    return this;
  }

  NetlinkMessage attribute(int type, byte[] value) {
    buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    buffer.put(new byte[-value.length & 3]);
    return this;
  }

  NetlinkMessage attribute(int type, int value) {
    return attribute(
        type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  NetlinkMessage attributeByte(int type, int value) {
    return attribute(type, new byte[] {(byte) value});
  }

  /** A 16-bit number in network order. */
  NetlinkMessage attributePort(int type, int port) {
    return attribute(type, new byte[] {(byte) (port >>> 8), (byte) port});
  }

  NetlinkMessage attribute(int type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return attribute(type, Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** Begins an attribute that holds others; give the result to {@link #end}. */
  int begin(int type) {
    int at = buffer.position();
    buffer.putShort((short) 0).putShort((short) type);
    return at;
  }

  NetlinkMessage end(int begun) {
    buffer.putShort(begun, (short) (buffer.position() - begun));
    return this;
  }

  byte[] bytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** Attributes from the position of a buffer to its limit; the last of equal types stays. */
  static Map<Integer, ByteBuffer> attributes(ByteBuffer from) {
    Map<Integer, ByteBuffer> attributes = new LinkedHashMap<>();
    while (from.remaining() >= 4) {
      int at = from.position();
      int length = from.getShort(at) & 0xffff;
      // The two high bits of the type are flags.
      int type = from.getShort(at + 2) & 0x3fff;
      if (length < 4 || length > from.remaining()) {
        throw new IllegalStateException(
            "a netlink attribute of " + length + " bytes where " + from.remaining() + " are left");
      }
      attributes.put(type, from.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
      from.position(Math.min(from.limit(), at + ((length + 3) & ~3)));
    }
    return attributes;
  }

  /** A text attribute without its zero. */
  static String text(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
