package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.abi.FileAbi;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/** Reads struct statx. */
final class Statx {
  private static final long NLINK = at("stx_nlink");
  private static final long UID = at("stx_uid");
  private static final long GID = at("stx_gid");
  private static final long MODE = at("stx_mode");
  private static final long INO = at("stx_ino");
  private static final long SIZE = at("stx_size");
  private static final long BLOCKS = at("stx_blocks");
  private static final long ATIME = at("stx_atime.tv_sec");
  private static final long CTIME = at("stx_ctime.tv_sec");
  private static final long MTIME = at("stx_mtime.tv_sec");
  private static final long RDEV = at("stx_rdev_major");
  private static final long DEV = at("stx_dev_major");
  private static final long MOUNT = at("stx_mnt_id");

  private Statx() {}

  static FileStatus read(MemorySegment s) {
    return new FileStatus(
        device(s, DEV),
        s.get(JAVA_LONG, INO),
        s.get(JAVA_SHORT, MODE) & 0xffff,
        Integer.toUnsignedLong(s.get(JAVA_INT, NLINK)),
        s.get(JAVA_INT, UID),
        s.get(JAVA_INT, GID),
        device(s, RDEV),
        s.get(JAVA_LONG, SIZE),
        s.get(JAVA_LONG, BLOCKS),
        time(s, ATIME),
        time(s, MTIME),
        time(s, CTIME),
        s.get(JAVA_LONG, MOUNT));
  }

  private static DeviceNumber device(MemorySegment s, long at) {
    return new DeviceNumber(s.get(JAVA_INT, at), s.get(JAVA_INT, at + 4));
  }

  private static Instant time(MemorySegment s, long at) {
    return Instant.ofEpochSecond(s.get(JAVA_LONG, at), s.get(JAVA_INT, at + 8));
  }

  private static long at(String member) {
    return FileAbi.offset(FileAbi.STATX, member);
  }
}
