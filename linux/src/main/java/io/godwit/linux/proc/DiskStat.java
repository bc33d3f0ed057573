package io.godwit.linux.proc;

import io.godwit.linux.DeviceNumber;
import java.util.List;

/**
 * A line of /proc/diskstats (Documentation/admin-guide/iostats.rst). Sectors are 512 bytes, times
 * milliseconds.
 */
public record DiskStat(
    DeviceNumber device,
    String name,
    long reads,
    long readSectors,
    long readMillis,
    long writes,
    long writtenSectors,
    long writeMillis,
    long inFlight,
    long busyMillis) {
  public static List<DiskStat> parse(String text) {
    return Lines.map("diskstats", text, 0, DiskStat::parse);
  }

  private static DiskStat parse(Line line) {
    DeviceNumber device = new DeviceNumber(line.decimalInt(), line.decimalInt());
    String name = line.word();
    long reads = line.decimal();
    line.decimal(); // merged
    long readSectors = line.decimal();
    long readMillis = line.decimal();
    long writes = line.decimal();
    line.decimal(); // merged
    return new DiskStat(
        device,
        name,
        reads,
        readSectors,
        readMillis,
        writes,
        line.decimal(),
        line.decimal(),
        line.decimal(),
        line.decimal());
  }
}
