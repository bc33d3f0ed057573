package io.godwit.engine.kind.console;

import java.util.List;
import java.util.Optional;

/**
 * The external descriptors of a tree. A pipe has one identity for both of its ends, so two roles
 * may name the same file (a socket given as standard input and output): the first one is meant.
 */
public record Externals(List<ExternalDescriptor> descriptors) {
  /** A tree that reaches nothing outside. */
  public static final Externals NONE = new Externals(List.of());

  public Externals {
    descriptors = List.copyOf(descriptors);
  }

  /** The role of a file, where it is external. */
  public Optional<String> roleOf(long device, long inode) {
    return descriptors.stream()
        .filter(each -> each.device() == device && each.inode() == inode)
        .map(ExternalDescriptor::role)
        .findFirst();
  }

  public boolean contains(long device, long inode) {
    return roleOf(device, inode).isPresent();
  }
}
