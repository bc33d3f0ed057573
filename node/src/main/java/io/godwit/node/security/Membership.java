package io.godwit.node.security;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.journal.RecordFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The nodes of the cluster and their addresses, as this node has learnt them: at joining, and from
 * every node that greets it. On disk, so that a restarted daemon finds the others.
 */
public final class Membership {
  private static final String KIND = "member";

  private final Path directory;
  private final TreeMap<NodeId, String> addresses = new TreeMap<>();

  /** Reads the records of {@code directory}. */
  public Membership(Path directory) {
    this.directory = directory;
    for (Path file : RecordFile.list(directory)) {
      RecordFile record = RecordFile.read(file, KIND);
      addresses.put(new NodeId(record.require("node")), record.require("address"));
    }
  }

  /** Learns where a node listens. Gives back whether that was new. */
  public synchronized boolean learn(NodeId node, String address) {
    Addresses.split(address);
    if (address.equals(addresses.get(node))) {
      return false;
    }
    if (!addresses.containsKey(node) && addresses.size() >= NodeLimits.MEMBERS) {
      throw new GodwitException(
          NodeError.NOT_WILLING,
          "admitting node " + node,
          "the cluster has " + NodeLimits.MEMBERS + " nodes already",
          "remove records of nodes that are gone from " + directory);
    }
    TreeMap<String, String> values = new TreeMap<>();
    values.put("node", node.name());
    values.put("address", address);
    new RecordFile(KIND, values).write(directory.resolve(node.name() + RecordFile.SUFFIX));
    addresses.put(node, address);
    return true;
  }

  /** Every known node, this one included, with its address. */
  public synchronized SortedMap<NodeId, String> all() {
    return new TreeMap<>(addresses);
  }

  /** The address of a node, if it is known. */
  public synchronized Optional<String> find(NodeId node) {
    return Optional.ofNullable(addresses.get(node));
  }

  /** The address of a node, or an error that names the nodes there are. */
  public String require(NodeId node) {
    return find(node)
        .orElseThrow(
            () ->
                new GodwitException(
                    NodeError.UNKNOWN_NODE,
                    "looking for node " + node,
                    "the cluster has no such node; it has " + all().keySet(),
                    "see 'godwit nodes'"));
  }
}
