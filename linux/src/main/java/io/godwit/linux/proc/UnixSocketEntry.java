package io.godwit.linux.proc;

import java.util.List;

/**
 * A line of /proc/net/unix. Which socket is connected to which is not here: ask sock_diag.
 *
 * @param flags 0x10000 for a socket that listens
 * @param type 1 stream, 2 datagram, 5 seqpacket
 * @param state 1 unconnected, 2 connecting, 3 connected, 4 disconnecting
 * @param path empty without a name; an abstract name begins with @
 */
public record UnixSocketEntry(
    long references, int flags, int type, int state, long inode, String path) {
  public static List<UnixSocketEntry> parse(String text) {
    return Lines.map("net/unix", text, 1, UnixSocketEntry::parse);
  }

  private static UnixSocketEntry parse(Line line) {
    line.until(':');
    long references = line.hex();
    line.hex();
    int flags = line.hexInt(line.word());
    int type = line.hexInt(line.word());
    int state = line.hexInt(line.word());
    return new UnixSocketEntry(references, flags, type, state, line.decimal(), line.rest());
  }

  public boolean isListening() {
    return (flags & 0x10000) != 0;
  }
}
