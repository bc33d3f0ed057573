package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.peers.ClusterLink;
import io.godwit.policy.load.NodeLoad;
import io.godwit.wire.proto.NodeDescription;
import java.util.Optional;

/**
 * The freshest that is known of a node's load: what its load layer has spread, or what it said when
 * it was last asked how it is.
 *
 * @param ageMillis -1 where nothing is known
 */
record LoadFigures(double runQueue, double cpuUse, long ageMillis) {
  private static final long MILLI = 1_000_000;

  static LoadFigures of(Daemon daemon, NodeDescription told, boolean self) {
    ClusterScheduling scheduling = daemon.scheduling();
    ClusterLink link = daemon.link();
    if (scheduling == null || link == null) {
      return new LoadFigures(told.getLoadAverage(), 0, self ? 0 : -1);
    }
    if (self) {
      NodeLoad load = scheduling.load();
      return new LoadFigures(load.runQueue(), load.cpuUse(), 0);
    }
    NodeId node = new NodeId(told.getNode());
    long toldAge = link.heardNanosAgo(node);
    try {
      Optional<ClusterScheduling.Known> spread = scheduling.known(node);
      if (spread.isPresent() && (toldAge < 0 || spread.get().ageNanos() <= toldAge)) {
        NodeLoad load = spread.get().load();
        return new LoadFigures(load.runQueue(), load.cpuUse(), spread.get().ageNanos() / MILLI);
      }
      double cpu = spread.map(known -> known.load().cpuUse()).orElse(0.0);
      return new LoadFigures(told.getLoadAverage(), cpu, toldAge < 0 ? -1 : toldAge / MILLI);
    } catch (GodwitException busy) {
      return new LoadFigures(told.getLoadAverage(), 0, toldAge < 0 ? -1 : toldAge / MILLI);
    }
  }
}
