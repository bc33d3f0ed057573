package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.NodeAction;
import io.godwit.core.control.ProfileView;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.control.SchedulingOperations;
import io.godwit.node.peers.ClusterLink;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.DecisionEntry;
import io.godwit.wire.proto.DrainProgress;
import io.godwit.wire.proto.DrainRequest;
import io.godwit.wire.proto.ExplainRequest;
import io.godwit.wire.proto.ProfileText;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What the daemon answers about scheduling, here and on other nodes. */
final class DaemonScheduling implements SchedulingOperations {
  private static final Logger LOG = System.getLogger(DaemonScheduling.class.getName());
  private static final long MILLI = 1_000_000;

  private final NodeId self;
  private final ClusterScheduling scheduling;
  private final ClusterLink link;

  private DaemonScheduling(NodeId self, ClusterScheduling scheduling, ClusterLink link) {
    this.self = self;
    this.scheduling = scheduling;
    this.link = link;
  }

  static DaemonScheduling of(Daemon daemon) {
    ClusterScheduling scheduling = daemon.scheduling();
    ClusterLink link = daemon.link();
    if (scheduling == null || link == null) {
      throw Daemon.outside("asking the scheduler");
    }
    return new DaemonScheduling(daemon.self(), scheduling, link);
  }

  @Override
  public ProfileView profile() {
    return view(scheduling.profile());
  }

  @Override
  public ProfileView use(String name, String text) {
    return view(scheduling.use(name, text));
  }

  private static ProfileView view(ProfileText text) {
    return new ProfileView(text.getName(), text.getVersion(), text.getText());
  }

  @Override
  public List<DecisionView> explain(String what, int most) {
    ExplainRequest request = ExplainRequest.newBuilder().setPod(what).setMost(most).build();
    List<DecisionView> all = new ArrayList<>();
    for (NodeId node : link.members().keySet()) {
      try {
        List<DecisionEntry> told =
            node.equals(self)
                ? scheduling.explain(request).getDecisionsList()
                : link.heard(node).isEmpty()
                    ? List.of()
                    : link.connect(node).calls().explain(request).getDecisionsList();
        told.forEach(each -> all.add(view(node, each)));
      } catch (GodwitException | StatusRuntimeException silent) {
        LOG.log(Level.DEBUG, "node {0} explains nothing: {1}", node, silent.getMessage());
      }
    }
    all.sort(Comparator.comparingLong(DecisionView::ageMillis).reversed());
    return all;
  }

  private static DecisionView view(NodeId node, DecisionEntry entry) {
    return new DecisionView(
        node.name(),
        Math.max(0, entry.getAgeNanos()) / MILLI,
        entry.getKind(),
        entry.getPod(),
        entry.getTo(),
        entry.getWhy(),
        entry.getRejectedList().stream()
            .map(r -> new DecisionView.Rejected(r.getSubject(), r.getCause(), r.getWhy()))
            .toList());
  }

  @Override
  public DrainView administer(
      NodeId node, NodeAction action, Duration wait, Consumer<DrainView> progress)
      throws InterruptedException {
    DrainRequest request =
        DrainRequest.newBuilder()
            .setAction(
                switch (action) {
                  case DRAIN -> DrainRequest.Action.DRAIN;
                  case UNDRAIN -> DrainRequest.Action.UNDRAIN;
                  case OWNER_RETURNED -> DrainRequest.Action.OWNER_RETURNED;
                  case OWNER_LEFT -> DrainRequest.Action.OWNER_LEFT;
                })
            .setWaitMillis(wait.toMillis())
            .build();
    Map<String, DrainView.Outcome> outcomes = new LinkedHashMap<>();
    int[] left = {0};
    Consumer<DrainProgress> each =
        told -> {
          DrainView news = view(node, told);
          news.outcomes().forEach(outcome -> outcomes.put(outcome.process(), outcome));
          left[0] = news.left();
          progress.accept(news);
        };
    if (node.equals(self)) {
      scheduling.drain(request, each);
    } else {
      try {
        Iterator<DrainProgress> told = link.connect(node).longCalls().drain(request);
        while (told.hasNext()) {
          each.accept(told.next());
        }
      } catch (StatusRuntimeException failed) {
        throw WireFailure.fromStatus(failed, node.name());
      }
    }
    return new DrainView(node.name(), left[0], List.copyOf(outcomes.values()), true);
  }

  private static DrainView view(NodeId node, DrainProgress told) {
    return new DrainView(
        node.name(),
        told.getLeft(),
        told.getOutcomesList().stream()
            .map(o -> new DrainView.Outcome(o.getPod(), o.getTo(), o.getWhy()))
            .toList(),
        told.getFinished());
  }
}
