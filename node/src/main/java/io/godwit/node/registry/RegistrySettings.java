package io.godwit.node.registry;

import io.godwit.core.NodeId;
import io.godwit.node.security.Addresses;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a node's configuration says of the registry.
 *
 * @param voters who keeps it: three or five; empty where there is none
 * @param port of voters that are named without one
 * @param logBytes a snapshot takes the place of a log that is longer
 */
public record RegistrySettings(List<VoterAddress> voters, int port, long logBytes) {
  public static final int DEFAULT_PORT = 7413;
  private static final long DEFAULT_LOG_BYTES = 4 << 20;

  /** No registry: the home of a process decides alone. */
  public static final RegistrySettings NONE =
      new RegistrySettings(List.of(), DEFAULT_PORT, DEFAULT_LOG_BYTES);

  /**
   * @param address where the others reach it; null for the host at which its node is known and the
   *     usual port
   */
  public record VoterAddress(NodeId node, @Nullable InetSocketAddress address) {
    /** Reads NAME or NAME=HOST:PORT; what is wrong otherwise is said. */
    public static VoterAddress parse(String text) {
      int at = text.indexOf('=');
      NodeId node = new NodeId(at < 0 ? text : text.substring(0, at));
      return new VoterAddress(node, at < 0 ? null : Addresses.split(text.substring(at + 1)));
    }
  }

  public RegistrySettings {
    voters = List.copyOf(voters);
  }

  /** Whether there is one. */
  public boolean enabled() {
    return !voters.isEmpty();
  }

  /** Whether a node is one of those that keep it. */
  public boolean votes(NodeId node) {
    return voters.stream().anyMatch(voter -> voter.node().equals(node));
  }

  /** The names of the voters. */
  public Set<NodeId> names() {
    Set<NodeId> names = new TreeSet<>();
    voters.forEach(voter -> names.add(voter.node()));
    return names;
  }

  /** What is wrong with these voters; empty where nothing is. */
  public static Optional<String> complaint(List<VoterAddress> voters) {
    List<NodeId> names = new ArrayList<>(voters.stream().map(VoterAddress::node).toList());
    if (new HashSet<>(names).size() < names.size()) {
      return Optional.of("a node is named twice");
    }
    return switch (names.size()) {
      case 3, 5 -> Optional.empty();
      case 4 ->
          Optional.of(
              "4 voters survive the loss of one node as 3 do: name 3 or 5 (see cluster.md)");
      default ->
          Optional.of(
              names.size()
                  + " voters: name 3, which survive the loss of one node, or 5, which survive that"
                  + " of two; without a registry leave the table out");
    };
  }
}
