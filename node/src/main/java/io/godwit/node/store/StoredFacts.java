package io.godwit.node.store;

import io.godwit.core.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a file of the page store says about itself.
 *
 * @param migration by which the process leaves
 * @param taker the node that may have the pages
 * @param encrypted whether they are encrypted on their way to it
 * @param bandwidth bytes per second that they may take of the network; 0 is no limit
 */
public record StoredFacts(
    String migration, String pod, NodeId taker, boolean encrypted, long bandwidth) {
  private static final int LINES = 5;

  public StoredFacts {
    if (migration.contains("\n") || pod.contains("\n") || bandwidth < 0) {
      throw new IllegalArgumentException("not the name of a migration: " + migration);
    }
  }

  byte[] encode() {
    return String.join(
            "\n",
            List.of(
                migration,
                pod,
                taker.name(),
                Boolean.toString(encrypted),
                Long.toString(bandwidth)))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Throws IllegalArgumentException where this says nothing of the kind. */
  static StoredFacts decode(byte[] text) {
    List<String> lines = List.of(new String(text, StandardCharsets.UTF_8).split("\n", -1));
    if (lines.size() != LINES) {
      throw new IllegalArgumentException("it has " + lines.size() + " lines");
    }
    return new StoredFacts(
        lines.get(0),
        lines.get(1),
        new NodeId(lines.get(2)),
        Boolean.parseBoolean(lines.get(3)),
        Long.parseLong(lines.get(4)));
  }
}
