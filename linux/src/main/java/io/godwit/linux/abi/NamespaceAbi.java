package io.godwit.linux.abi;

/** Namespace flags of clone(2), unshare(2) and setns(2), and the ioctls of ioctl_ns(2). */
@CHeaders({"linux/sched.h", "linux/nsfs.h"})
public final class NamespaceAbi {
  public static final int CLONE_FS = 0x200;
  public static final int CLONE_NEWTIME = 0x80;
  public static final int CLONE_NEWNS = 0x20000;
  public static final int CLONE_NEWCGROUP = 0x2000000;
  public static final int CLONE_NEWUTS = 0x4000000;
  public static final int CLONE_NEWIPC = 0x8000000;
  public static final int CLONE_NEWUSER = 0x10000000;
  public static final int CLONE_NEWPID = 0x20000000;
  public static final int CLONE_NEWNET = 0x40000000;
  public static final int NS_GET_USERNS = 0xb701;
  public static final int NS_GET_PARENT = 0xb702;
  public static final int NS_GET_NSTYPE = 0xb703;

  private NamespaceAbi() {}
}
