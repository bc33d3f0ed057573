package io.godwit.linux;

import io.godwit.linux.abi.FileAbi;
import java.time.Instant;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permissions, S_IFMT and the rest
 * @param rdev the device that a device node stands for
 * @param blocks space used, in units of 512 bytes
 * @param mountId the mount it was reached through, 0 where the kernel does not tell
 */
public record FileStatus(
    DeviceNumber device,
    long inode,
    int mode,
    long links,
    int uid,
    int gid,
    DeviceNumber rdev,
    long size,
    long blocks,
    Instant accessed,
    Instant modified,
    Instant changed,
    long mountId) {
  /** The type bits, one of the S_IF constants. */
  public int type() {
    return mode & FileAbi.S_IFMT;
  }

  public int permissions() {
    return mode & 07777;
  }

  public boolean isRegular() {
    return type() == FileAbi.S_IFREG;
  }

  public boolean isDirectory() {
    return type() == FileAbi.S_IFDIR;
  }

  public boolean isPipe() {
    return type() == FileAbi.S_IFIFO;
  }

  public boolean isSocket() {
    return type() == FileAbi.S_IFSOCK;
  }

  public boolean isCharacterDevice() {
    return type() == FileAbi.S_IFCHR;
  }

  /** Whether two names or descriptors mean the same file. */
  public boolean sameFile(FileStatus other) {
    return inode == other.inode && device.equals(other.device);
  }
}
