package io.godwit.linux.netlink;

import io.godwit.linux.Descriptors;
import io.godwit.linux.DirectoryEntry;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Mounts;
import io.godwit.linux.Namespaces;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.MountAbi;
import io.godwit.linux.abi.NamespaceAbi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Network namespaces with names: mounts on files of a directory, as ip-netns(8) has them in
 * /run/netns, so that they outlive every process.
 *
 * @param directory where the names are
 */
public record NetworkNamespaces(Path directory) {
  /** Those that ip-netns(8) shows. */
  public static NetworkNamespaces shared() {
    return new NetworkNamespaces(Path.of("/run/netns"));
  }

  /** Makes a namespace with its loopback up; EEXIST when the name is taken. */
  public void create(String name) {
    String path = path(name);
    makeDirectory();
    Descriptors.close(
        Descriptors.open(path, FileAbi.O_RDONLY | FileAbi.O_CREAT | FileAbi.O_EXCL, 0));
    try {
      Namespaces.onOwnThread(
          NamespaceAbi.CLONE_NEWNET,
          () -> {
            Mounts.bind("/proc/thread-self/ns/net", path, false);
            try (RouteNetlink route = RouteNetlink.open()) {
              route.setUp("lo");
            }
            return path;
          });
    } catch (LinuxException e) {
      delete(name);
      throw e;
    }
  }

  /** A descriptor for the namespace. */
  public Fd open(String name) {
    return Descriptors.open(path(name), FileAbi.O_RDONLY);
  }

  /** Takes the name away; the namespace ends when nobody is in it any more. */
  public void delete(String name) {
    String path = path(name);
    try {
      Mounts.unmount(path, MountAbi.MNT_DETACH);
    } catch (LinuxException e) {
      if (!e.is(Errno.EINVAL)) { // nothing is mounted there
        throw e;
      }
    }
    try {
      Files.delete(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names that are there. */
  public List<String> names() {
    try {
      return Descriptors.list(directory.toString()).stream()
          .map(DirectoryEntry::name)
          .sorted()
          .toList();
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return List.of();
      }
      throw e;
    }
  }

  private void makeDirectory() {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String path(String name) {
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}")) {
      throw new IllegalArgumentException("not a name for a network namespace: '" + name + "'");
    }
    return directory.resolve(name).toString();
  }
}
