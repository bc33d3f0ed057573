package io.godwit.core;

import java.util.regex.Pattern;

/**
 * The name of a node, unique in its cluster: 1 to 63 letters, digits, dots, dashes or underscores.
 */
public record NodeId(String name) implements Comparable<NodeId> {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public NodeId {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a node's name is 1 to 63 letters, digits, dots, dashes or underscores, not '"
              + name
              + "'");
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
