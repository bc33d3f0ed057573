package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.Decision;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.policy.scheduling.SchedulingEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the scheduler where a job is to start, by the very decision that places a new process or
 * moves a running one. All but {@link #place} belongs to the scheduler's thread.
 */
final class JobPlacements {
  private final DutyCycle cycle;
  private final Map<ProcessKey, CompletableFuture<JobPlacement>> asked = new HashMap<>();
  private final Set<String> started = new HashSet<>();

  JobPlacements(DutyCycle cycle) {
    this.cycle = cycle;
  }

  /**
   * Where the job is to start; answers within the time that candidates may take. Called from any
   * other thread.
   */
  JobPlacement place(
      NodeId self,
      String pod,
      String program,
      String user,
      ResourceExpression needs,
      Set<NodeId> full)
      throws InterruptedException {
    ProcessKey key = LoadCollector.key(self, pod);
    ProcessLoad process =
        new ProcessLoad(key, program, user, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), true);
    CompletableFuture<JobPlacement> answer = new CompletableFuture<>();
    CompletableFuture<JobPlacement> known = cycle.ask(() -> ask(process, pod, needs, full, answer));
    try {
      return known.get(ClusterLimits.PLACEMENT_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException impossible) { // nobody completes it so
      throw new IllegalStateException(impossible.getCause());
    } catch (TimeoutException late) {
      return cycle.ask(() -> withdraw(key));
    }
  }

  private CompletableFuture<JobPlacement> ask(
      ProcessLoad process,
      String pod,
      ResourceExpression needs,
      Set<NodeId> full,
      CompletableFuture<JobPlacement> answer) {
    cycle.collectNow();
    ProcessKey key = cycle.names().learn(process.key().home(), pod);
    long before = lastDecision(key).map(Decision::atNanos).orElse(Long.MIN_VALUE);
    asked.put(key, answer);
    cycle.tell(new SchedulingEvent.PlacementWanted(process, needs, full));
    boolean refused =
        lastDecision(key)
            .filter(last -> last.kind() == Decision.Kind.STAY && last.atNanos() > before)
            .isPresent();
    if (!answer.isDone() && refused) {
      answer.complete(withdraw(key));
    }
    return answer;
  }

  private Optional<Decision> lastDecision(ProcessKey key) {
    List<Decision> about = cycle.scheduler().log().about(key);
    return about.isEmpty() ? Optional.empty() : Optional.of(about.getLast());
  }

  /** It is not to be placed by itself later: whoever asked asks again. */
  private JobPlacement withdraw(ProcessKey key) {
    CompletableFuture<JobPlacement> answer = asked.remove(key);
    if (answer != null && answer.isDone()) {
      return answer.join();
    }
    String why =
        lastDecision(key)
            .filter(last -> last.kind() == Decision.Kind.STAY)
            .map(cycle.names()::reasons)
            .orElse("no node has answered yet");
    cycle.tell(new SchedulingEvent.Ended(key));
    return new JobPlacement(Optional.empty(), why);
  }

  /** The scheduler has decided; false where it is not about a job that is asked for. */
  boolean placed(ProcessKey key, NodeId on) {
    CompletableFuture<JobPlacement> answer = asked.remove(key);
    return answer != null && answer.complete(new JobPlacement(Optional.of(on), ""));
  }

  /** A pod is about to start that has been placed already. */
  void starting(String pod) {
    if (started.size() < ClusterLimits.NAMES) {
      started.add(pod);
    }
  }

  /** Whether the pod is such a one. */
  boolean takeStarted(String pod) {
    return started.remove(pod);
  }
}
