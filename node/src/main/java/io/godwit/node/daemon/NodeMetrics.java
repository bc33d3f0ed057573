package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.JobView;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessView;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.metrics.Exposition;
import io.godwit.node.metrics.Exposition.Labels;
import io.godwit.node.metrics.MachineFigures;
import io.godwit.node.peers.ClusterLink;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.scheduling.Decision;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All figures of a node, gathered when somebody asks. Safe from any thread. */
final class NodeMetrics {
  private static final Logger LOG = System.getLogger(NodeMetrics.class.getName());
  private static final double NANOS = 1e9;

  private final Daemon daemon;

  NodeMetrics(Daemon daemon) {
    this.daemon = daemon;
  }

  /** In the format of {@link Exposition}. */
  String text() {
    Exposition out = new Exposition();
    NodeView self = daemon.operations().self();
    out.metric("godwit_node_info", "gauge", "Who tells: always 1.")
        .sample(
            "godwit_node_info",
            Labels.of(
                "node",
                self.name(),
                "cluster",
                self.cluster(),
                "release",
                self.release(),
                "kernel",
                self.kernel(),
                "architecture",
                self.architecture()),
            1);
    out.gauge(
        "godwit_accepts",
        "Whether the node takes foreign processes now.",
        self.state() == NodeView.State.READY ? 1 : 0);
    processes(out, self.name());
    jobs(out);
    ClusterScheduling scheduling = daemon.scheduling();
    if (scheduling != null) {
      load(out, scheduling.load());
      decisions(out, scheduling);
    }
    ClusterLink link = daemon.link();
    if (link != null) {
      peers(out, link);
      link.migrations().book().expose(out);
    }
    daemon.kept().expose(out);
    MachineFigures.expose(out);
    return out.text();
  }

  private void processes(Exposition out, String self) {
    String name = "godwit_processes";
    Map<ProcessView.State, Integer> states = new EnumMap<>(ProcessView.State.class);
    int guests = 0;
    int away = 0;
    for (ProcessView process : daemon.operations().processes(false)) {
      boolean here = process.node().equals(self);
      boolean ended = process.state() == ProcessView.State.EXITED;
      if (here) {
        states.merge(process.state(), 1, Integer::sum);
        guests += ended || process.home().equals(self) ? 0 : 1;
      } else {
        away += !ended && process.home().equals(self) ? 1 : 0;
      }
    }
    out.metric(name, "gauge", "Processes on this node, by state; ended ones while remembered.");
    for (ProcessView.State state : ProcessView.State.values()) {
      out.sample(name, Labels.of("state", word(state.wireName())), states.getOrDefault(state, 0));
    }
    out.gauge("godwit_guests", "Processes here that were started on other nodes.", guests);
    out.gauge("godwit_away", "Processes of this home that run on other nodes.", away);
  }

  private void jobs(Exposition out) {
    String name = "godwit_jobs";
    Map<JobView.State, Integer> states = new EnumMap<>(JobView.State.class);
    List<JobView> jobs = daemon.jobs().jobs(null, true);
    jobs.forEach(job -> states.merge(job.state(), 1, Integer::sum));
    out.metric(name, "gauge", "Jobs that were submitted here, by state; ended ones while kept.");
    for (JobView.State state : JobView.State.values()) {
      out.sample(name, Labels.of("state", word(state.wireName())), states.getOrDefault(state, 0));
    }
  }

  private static void load(Exposition out, NodeLoad load) {
    out.gauge("godwit_run_queue", "What runs or waits for a processor, averaged.", load.runQueue());
    out.gauge("godwit_cores", "Processor cores that Godwit may use.", load.cores());
    out.gauge("godwit_cpu_use_ratio", "Share of the processors in use, 0 to 1.", load.cpuUse());
    String pressure = "godwit_pressure_ratio";
    out.metric(
        pressure, "gauge", "Share of the last ten seconds in which some task waited (Linux PSI).");
    out.sample(pressure, Labels.of("resource", "cpu"), load.pressure().cpu());
    out.sample(pressure, Labels.of("resource", "memory"), load.pressure().memory());
    out.sample(pressure, Labels.of("resource", "io"), load.pressure().io());
    out.gauge(
        "godwit_memory_free_bytes",
        "Memory that can be had without paging.",
        load.memoryFreeBytes());
    out.gauge("godwit_swap_free_bytes", "Swap space that is free.", load.swapFreeBytes());
    out.gauge("godwit_paging_pages_per_second", "Pages to and from swap.", load.pagesPerSecond());
    out.gauge(
        "godwit_disk_bytes_per_second",
        "Read from and written to disks.",
        load.diskBytesPerSecond());
    out.gauge(
        "godwit_network_bytes_per_second", "Received and sent.", load.networkBytesPerSecond());
    if (load.ownerIdleNanos() != Long.MAX_VALUE) {
      out.gauge(
          "godwit_owner_idle_seconds",
          "Since the owner's last input.",
          load.ownerIdleNanos() / NANOS);
    }
  }

  private static void decisions(Exposition out, ClusterScheduling scheduling) {
    String name = "godwit_decisions_total";
    try {
      Map<Decision.Kind, Long> counts = scheduling.decisions();
      out.metric(name, "counter", "What the scheduler has decided, under the profile in use.");
      for (Decision.Kind kind : Decision.Kind.values()) {
        out.sample(
            name,
            Labels.of("kind", kind.name().toLowerCase(Locale.ROOT)),
            counts.getOrDefault(kind, 0L));
      }
    } catch (GodwitException busy) {
      LOG.log(Level.DEBUG, "decisions are not told: {0}", busy.getMessage());
    }
  }

  private static void peers(Exposition out, ClusterLink link) {
    int heard = 0;
    int silent = 0;
    for (NodeId node : link.members().keySet()) {
      if (!node.equals(link.self())) {
        boolean answers = link.heard(node).isPresent();
        heard += answers ? 1 : 0;
        silent += answers ? 0 : 1;
      }
    }
    String name = "godwit_peers";
    out.metric(name, "gauge", "Other nodes of the cluster, by whether they answer.");
    out.sample(name, Labels.of("state", "heard"), heard);
    out.sample(name, Labels.of("state", "silent"), silent);
  }

  private static String word(String name) {
    return name.replace(' ', '_');
  }
}
