package io.godwit.linux.proc;

import java.util.List;

/** A line of /proc/net/dev: what a network interface received and sent. */
public record NetDevice(
    String name,
    long receivedBytes,
    long receivedPackets,
    long receiveErrors,
    long receiveDrops,
    long sentBytes,
    long sentPackets,
    long sendErrors,
    long sendDrops) {
  public static List<NetDevice> parse(String text) {
    return Lines.map("net/dev", text, 2, NetDevice::parse);
  }

  private static NetDevice parse(Line line) {
    // Old names could hold a colon (aliases); the last one ends the name.
    int colon = line.text().lastIndexOf(':');
    if (colon < 0) {
      throw line.wrong("no name");
    }
    Line f = new Line("net/dev", 1, line.text().substring(colon + 1));
    long[] n = new long[16];
    for (int i = 0; i < n.length; i++) {
      n[i] = f.decimal();
    }
    return new NetDevice(
        line.text().substring(0, colon).strip(), n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]);
  }
}
