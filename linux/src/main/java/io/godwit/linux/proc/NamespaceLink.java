package io.godwit.linux.proc;

/**
 * A link of /proc/PID/ns: which namespace a task is in. Two tasks are in the same one when the
 * inodes are equal.
 *
 * @param file name of the link: net, pid, pid_for_children ...
 * @param kind of the namespace: net, pid ...
 */
public record NamespaceLink(String file, String kind, long inode) {
  public static NamespaceLink parse(String file, String link) {
    if (!(FdLink.parse(link) instanceof FdLink.Namespace namespace)) {
      throw new ProcFormatException("ns/" + file, 1, "not a namespace", link);
    }
    return new NamespaceLink(file, namespace.kind(), namespace.inode());
  }
}
