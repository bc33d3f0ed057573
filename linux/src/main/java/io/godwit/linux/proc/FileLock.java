package io.godwit.linux.proc;

import io.godwit.linux.DeviceNumber;
import java.util.List;

/**
 * A lock as /proc/locks and the lock lines of fdinfo show it, proc_locks(5).
 *
 * @param kind POSIX (owned by a process), OFDLCK (by an open file), FLOCK, LEASE, DELEG
 * @param waiting whether it is not held but waited for
 * @param manner ADVISORY or MANDATORY; for leases ACTIVE, BREAKING or BREAKER
 * @param mode READ, WRITE, RW or UNLCK
 * @param owner process id, -1 for OFD locks, 0 for who cannot be seen from here
 * @param end last byte, {@link Long#MAX_VALUE} for the end of the file
 */
public record FileLock(
    String kind,
    boolean waiting,
    String manner,
    String mode,
    int owner,
    DeviceNumber device,
    long inode,
    long start,
    long end) {
  /** Parses /proc/locks. */
  public static List<FileLock> parse(String text) {
    return Lines.map("locks", text, 0, FileLock::parse);
  }

  /** "1: POSIX ADVISORY WRITE 6984 fe:00:2146603 5 14", where "-> " marks who waits. */
  static FileLock parse(Line line) {
    line.until(':');
    boolean waiting = line.accept("->");
    String kind = line.word();
    String manner = line.word();
    String mode = line.word();
    int owner = line.decimalInt();
    String file = line.word();
    String[] parts = file.split(":", -1);
    if (parts.length != 3) {
      throw line.wrong("'" + file + "' is not device and inode");
    }
    DeviceNumber device = new DeviceNumber(line.hexInt(parts[0]), line.hexInt(parts[1]));
    long start = line.decimal();
    String end = line.word();
    return new FileLock(
        kind,
        waiting,
        manner,
        mode,
        owner,
        device,
        line.decimal(parts[2]),
        start,
        end.equals("EOF") ? Long.MAX_VALUE : line.decimal(end));
  }

  public boolean isPosix() {
    return kind.equals("POSIX");
  }

  public boolean isOpenFile() {
    return kind.equals("OFDLCK");
  }

  public boolean isFlock() {
    return kind.equals("FLOCK");
  }

  public boolean isLease() {
    return kind.equals("LEASE");
  }

  public boolean isWrite() {
    return mode.equals("WRITE");
  }

  public boolean toEndOfFile() {
    return end == Long.MAX_VALUE;
  }
}
