package io.godwit.linux.descriptor;

/**
 * What stat(2) says of a file.
 *
 * @param device st_dev as the kernel gives it
 * @param mode type and permission bits, st_mode
 * @param links how many names it has: 0 is a deleted file
 * @param rawDevice st_rdev, for device files
 * @param size in bytes
 * @param modifiedNanos time of the last change of contents, nanoseconds since the epoch
 */
public record FileIdentity(
    long device, long inode, int mode, long links, long rawDevice, long size, long modifiedNanos) {
  private static final int TYPE_MASK = 0170000;

  /** The type bits of the mode. */
  public enum Type {
    FIFO(0010000),
    CHARACTER_DEVICE(0020000),
    DIRECTORY(0040000),
    BLOCK_DEVICE(0060000),
    REGULAR(0100000),
    SYMBOLIC_LINK(0120000),
    SOCKET(0140000),
    /** An anonymous inode: eventfd, epoll and their like have no type bits. */
    NONE(0);

    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }
  }

  public Type type() {
    for (Type type : Type.values()) {
      if (type.bits == (mode & TYPE_MASK)) {
        return type;
      }
    }
    return Type.NONE;
  }

  /** The permission bits, with set-id and sticky bits. */
  public int permissions() {
    return mode & 07777;
  }

  /** The major number of a device file. */
  public int rawMajor() {
    return (int) (((rawDevice >>> 8) & 0xfff) | ((rawDevice >>> 32) & ~0xfffL));
  }

  /** The minor number of a device file. */
  public int rawMinor() {
    return (int) ((rawDevice & 0xff) | ((rawDevice >>> 12) & ~0xffL));
  }

  /** Whether both are the same file, whatever else changed. */
  public boolean sameFile(FileIdentity other) {
    return device == other.device && inode == other.inode;
  }
}
