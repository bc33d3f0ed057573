package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.NodeView;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.peers.ClusterLink;
import io.godwit.policy.load.NodeLoad;
import io.godwit.wire.proto.NodeDescription;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The freshest that is known of a node's load: what its load layer has spread, or what it said when
 * it was last asked how it is.
 *
 * @param ageMillis -1 where nothing is known
 * @param pressure null where nothing is known
 * @param ownerIdleMillis -1 where nobody is known to sit at it
 */
record LoadFigures(
    double runQueue,
    double cpuUse,
    long ageMillis,
    NodeView.@Nullable Pressure pressure,
    long ownerIdleMillis) {
  private static final long MILLI = 1_000_000;

  static LoadFigures of(Daemon daemon, NodeDescription told, boolean self) {
    ClusterScheduling scheduling = daemon.scheduling();
    ClusterLink link = daemon.link();
    if (scheduling == null || link == null) {
      return said(told, self ? 0 : -1);
    }
    if (self) {
      NodeLoad load = scheduling.load();
      return of(load.runQueue(), load, 0);
    }
    NodeId node = new NodeId(told.getNode());
    long toldAge = link.heardNanosAgo(node);
    long toldMillis = toldAge < 0 ? -1 : toldAge / MILLI;
    try {
      Optional<ClusterScheduling.Known> spread = scheduling.known(node);
      if (spread.isEmpty()) {
        return said(told, toldMillis);
      }
      NodeLoad load = spread.get().load();
      return toldAge < 0 || spread.get().ageNanos() <= toldAge
          ? of(load.runQueue(), load, spread.get().ageNanos() / MILLI)
          : of(told.getLoadAverage(), load, toldMillis);
    } catch (GodwitException busy) {
      return said(told, toldMillis);
    }
  }

  private static LoadFigures said(NodeDescription told, long ageMillis) {
    return new LoadFigures(told.getLoadAverage(), 0, ageMillis, null, -1);
  }

  private static LoadFigures of(double runQueue, NodeLoad load, long ageMillis) {
    NodeLoad.Pressure pressure = load.pressure();
    return new LoadFigures(
        runQueue,
        load.cpuUse(),
        ageMillis,
        new NodeView.Pressure(pressure.cpu(), pressure.memory(), pressure.io()),
        load.ownerIdleNanos() == Long.MAX_VALUE ? -1 : load.ownerIdleNanos() / MILLI);
  }
}
