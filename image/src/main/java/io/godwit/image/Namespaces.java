package io.godwit.image;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The world of the pod (namespaces(7)).
 *
 * @param own the namespaces that the pod has to itself; the others are those of the node
 * @param hostname of its UTS namespace
 * @param domainName of its UTS namespace
 * @param mounts of its mount namespace, in the order in which they are to be made
 */
public record Namespaces(
    Set<Kind> own, String hostname, String domainName, List<MountPoint> mounts) {
  public Namespaces {
    own = own.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(own));
    Require.name(hostname, "a hostname");
    Require.name(domainName, "a domain name");
    mounts = Require.entries(mounts, "mounts");
  }

  /** The kinds of namespaces. The numbers are the format's. */
  public enum Kind {
    PID(1, "pid"),
    MOUNT(2, "mnt"),
    UTS(3, "uts"),
    IPC(4, "ipc"),
    TIME(5, "time"),
    NETWORK(6, "net"),
    USER(7, "user"),
    CGROUP(8, "cgroup");

    private final int number;
    private final String file;

    Kind(int number, String file) {
      this.number = number;
      this.file = file;
    }

    /** The number in the format. */
    public int number() {
      return number;
    }

    /** Its file in /proc/PID/ns. */
    public String file() {
      return file;
    }
  }

  /**
   * A mount of the pod's own.
   *
   * @param point where
   * @param type of file system
   * @param source device or directory
   * @param root of the mount within its file system
   * @param flags MS_*
   * @param options of the file system
   */
  public record MountPoint(
      String point, String type, String source, String root, long flags, String options) {
    public MountPoint {
      Require.path(point, "a mount point");
      Require.name(type, "a file system type");
      Require.path(source, "a mount's source");
      Require.path(root, "a mount's root");
      Require.path(options, "mount options");
    }
  }
}
