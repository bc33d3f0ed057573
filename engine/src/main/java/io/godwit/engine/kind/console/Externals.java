package io.godwit.engine.kind.console;

import io.godwit.engine.kind.ExternalDescriptor;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The external descriptors of a tree. A pipe has one identity for both of its ends, so two roles
 * may name the same file (a socket given as standard input and output): the first one in the order
 * of names is meant.
 */
public record Externals(List<ExternalDescriptor> descriptors) {
  public Externals {
    descriptors = List.copyOf(descriptors);
  }

  /** Those that the caller named. */
  public static Externals of(Collection<ExternalDescriptor> descriptors) {
    return new Externals(
        descriptors.stream().sorted(Comparator.comparing(ExternalDescriptor::role)).toList());
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
