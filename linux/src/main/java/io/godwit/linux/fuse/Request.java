package io.godwit.linux.fuse;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A request: struct fuse_in_header and the arguments behind it. */
record Request(int opcode, long unique, long node, FileTree.Caller caller, ByteBuffer arguments) {
  static final int HEADER = 40;

  /** Reads the header of what one read(2) of /dev/fuse gave. */
  static Request parse(ByteBuffer message) {
    if (message.remaining() < HEADER || message.getInt(0) != message.remaining()) {
      throw new LinuxException(
          Errno.EPROTO.number(), Syscall.READ, "a FUSE request of " + message.remaining());
    }
    return new Request(
        message.getInt(4),
        message.getLong(8),
        message.getLong(16),
        new FileTree.Caller(message.getInt(24), message.getInt(28), message.getInt(32)),
        message.slice(HEADER, message.remaining() - HEADER).order(ByteOrder.nativeOrder()));
  }

  /** The arguments, which have at least that many bytes. */
  ByteBuffer arguments(int bytes) {
    if (arguments.remaining() < bytes) {
      throw new LinuxException(
          Errno.EPROTO.number(), Syscall.READ, "FUSE request " + opcode + " is too short");
    }
    return arguments;
  }

  /** The next text that ends with a zero, from the position of the arguments. */
  String text() {
    int from = arguments.position();
    int end = from;
    while (end < arguments.limit() && arguments.get(end) != 0) {
      end++;
    }
    if (end == arguments.limit()) {
      throw new LinuxException(
          Errno.EPROTO.number(), Syscall.READ, "FUSE request " + opcode + " has no name");
    }
    byte[] bytes = new byte[end - from];
    arguments.get(from, bytes);
    arguments.position(end + 1);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
