package io.godwit.linux.proc;

import io.godwit.core.AddressRange;

/** A link of /proc/PID/map_files: a mapped file that can be opened even when it was deleted. */
public record MapFile(AddressRange range, String target) {
  /** The name of the link is the range in hexadecimal. */
  public static MapFile parse(String name, String target) {
    Line line = new Line("map_files", 1, name);
    long start = line.hex(line.until('-'));
    long end = line.hex();
    if (start < 0 || end <= start) {
      throw line.wrong("not an address range");
    }
    return new MapFile(new AddressRange(start, end), target);
  }
}
