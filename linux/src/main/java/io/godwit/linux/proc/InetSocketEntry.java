package io.godwit.linux.proc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A line of /proc/net/tcp, tcp6, udp, udp6, raw or raw6.
 *
 * @param state the TCP state: 1 established, 6 TIME_WAIT, 10 listening ...; 7 for an open UDP
 *     socket
 * @param transmitQueue bytes sent and not acknowledged or not sent yet
 * @param receiveQueue bytes not read yet; for a listening socket, connections not accepted yet
 */
public record InetSocketEntry(
    InetSocketAddress local,
    InetSocketAddress remote,
    int state,
    long transmitQueue,
    long receiveQueue,
    int uid,
    long inode) {
  public static final int ESTABLISHED = 1;
  public static final int LISTEN = 10;

  public static List<InetSocketEntry> parse(String text) {
    return Lines.map("net/tcp", text, 1, InetSocketEntry::parse);
  }

  private static InetSocketEntry parse(Line line) {
    line.until(':');
    InetSocketAddress local = address(line, line.word());
    InetSocketAddress remote = address(line, line.word());
    int state = line.hexInt(line.word());
    long transmit = line.hex(line.until(':'));
    long receive = line.hex();
    line.word(); // timer
    line.word(); // retransmits
    int uid = line.decimalInt();
    line.word(); // timeout
    return new InetSocketEntry(local, remote, state, transmit, receive, uid, line.decimal());
  }

  /** Words of 32 bits as the machine stores them, then the port. */
  private static InetSocketAddress address(Line line, String word) {
    int colon = word.indexOf(':');
    if (colon != 8 && colon != 32) {
      throw line.wrong("'" + word + "' is not an address");
    }
    ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
    for (int i = 0; i < colon; i += 8) {
      bytes.putInt(line.hexInt(word.substring(i, i + 8)));
    }
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(bytes.array()), line.hexInt(word.substring(colon + 1)));
    } catch (UnknownHostException | IllegalArgumentException e) {
      throw line.wrong("'" + word + "' is not an address");
    }
  }
}
