package io.godwit.linux;

/** Major and minor number of a device, or of the device that holds a file system. */
public record DeviceNumber(int major, int minor) {
  public DeviceNumber {
    if (major < 0 || minor < 0) {
      throw new IllegalArgumentException("not a device number: " + major + ":" + minor);
    }
  }

  /** From the kernel's own 32-bit form, 12 bits major and 20 bits minor, as fdinfo's sdev. */
  public static DeviceNumber ofKernel(long encoded) {
    return new DeviceNumber((int) (encoded >>> 20) & 0xfff, (int) encoded & 0xfffff);
  }

  /** From the C library's 64-bit dev_t (makedev(3)), which is what stat(2) and mknod(2) use. */
  public static DeviceNumber ofDevT(long dev) {
    return new DeviceNumber(
        (int) ((dev >>> 8 & 0xfff) | (dev >>> 32 & 0x7ffff000L)),
        (int) ((dev & 0xff) | (dev >>> 12 & 0x7fffff00L)));
  }

  /** The C library's 64-bit dev_t. */
  public long devT() {
    return (major & 0xfffL) << 8
        | (major & 0x7ffff000L) << 32
        | (minor & 0xffL)
        | (minor & 0x7fffff00L) << 12;
  }

  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
