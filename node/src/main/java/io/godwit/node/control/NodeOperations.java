package io.godwit.node.control;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.core.control.CheckpointReport;
import io.godwit.core.control.CheckpointSpec;
import io.godwit.core.control.ClusterView;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.MoveView;
import io.godwit.core.control.MoveWishes;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.Progress;
import io.godwit.core.control.RegistryView;
import io.godwit.core.control.RestartSpec;
import io.godwit.core.control.RunSpec;
import io.godwit.node.NodeError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a node does for its user. The control server calls it from one virtual thread for each
 * request, so that calls may block and any number may run at once. The server has checked before
 * each call that the caller may act on the process; every failure is a {@link
 * io.godwit.core.GodwitException}.
 */
public interface NodeOperations {
  /** This node. */
  NodeView self();

  /** Every node of the cluster, this one included. */
  List<NodeView> nodes();

  /** The replicated registry, where there is one. */
  default Optional<RegistryView> registry() {
    return Optional.empty();
  }

  /**
   * Every process under Godwit's care in the cluster as far as this node knows, whoever's it is.
   *
   * @param withDependencies whether to find out their residual dependencies
   */
  List<ProcessView> processes(boolean withDependencies);

  /** Migrations of the cluster that are under way or have ended lately, whoever's, latest last. */
  default List<MoveView> moves() {
    return List.of();
  }

  /**
   * The process of a pod's name, or whose main process has that host PID on this node.
   *
   * @throws io.godwit.core.GodwitException NOT_FOUND where there is none
   */
  ProcessView find(String what);

  /**
   * Starts a program in a new pod.
   *
   * @param caller as whom, unless the specification names another user, which the server allows to
   *     root alone
   */
  ProcessView run(Caller caller, RunSpec spec);

  /** Takes a process of this node, its children included, into care without disturbing it. */
  ProcessView adopt(Caller caller, Pid hostPid, @Nullable String name);

  /**
   * Moves a process and returns when it runs at the destination; when it cannot be moved the
   * process goes on here and the failure says why.
   *
   * @param strategy empty for the default
   * @param progress told from any thread; never blocks for long and never throws
   */
  MigrationReport migrate(
      ProcessView process,
      NodeId to,
      String strategy,
      MoveWishes wishes,
      Consumer<Progress> progress)
      throws InterruptedException;

  /** As above; memory may follow the process when this has returned. */
  default MigrationReport migrate(
      ProcessView process, NodeId to, String strategy, Consumer<Progress> progress)
      throws InterruptedException {
    return migrate(process, to, strategy, MoveWishes.NONE, progress);
  }

  /** Sends a signal to the main process, wherever it is. */
  void signal(ProcessView process, int signal);

  /** Waits for the end; at once where it has ended already. */
  ProcessExit await(ProcessView process) throws InterruptedException;

  /**
   * Connects a console.
   *
   * @param replay whether the sink gets first what was printed since the start, as far as it is
   *     kept; nothing between that and the present is lost or doubled
   */
  Attachment attach(ProcessView process, boolean replay, ConsoleSink sink);

  /**
   * Tells what was printed.
   *
   * @param follow whether to go on until the process ends
   * @param tailBytes how much of the past at most
   * @param sink its {@link ConsoleSink#exited} is called where the process has ended; {@link
   *     ConsoleSink#end} always last
   */
  Attachment logs(ProcessView process, boolean follow, long tailBytes, ConsoleSink sink);

  /** Writes an image of a process to a directory on the node that holds it. */
  CheckpointReport checkpoint(ProcessView process, CheckpointSpec spec, Consumer<Progress> progress)
      throws InterruptedException;

  /** Makes a pod of an image that lies on this node; it has its home here from now on. */
  ProcessView restart(RestartSpec spec);

  /** Makes a cluster with this node as its first. */
  ClusterView createCluster(String name);

  /** A token for one more node. */
  JoinToken createToken(Duration validity);

  /** Takes this node into the cluster of the node at that address, host:port. */
  ClusterView join(String address, String token);

  /** The node's figures in the text format of Prometheus; they name no process and no user. */
  default String metrics() {
    return "";
  }

  /** The jobs that were submitted to this node, where it takes any. */
  default JobOperations jobs() {
    throw new GodwitException(
        NodeError.NOT_WILLING,
        "asking for jobs",
        "this node takes none",
        "ask a node that does: godwit nodes");
  }

  /** Load information and scheduling, where the node has them. */
  default SchedulingOperations scheduling() {
    throw new GodwitException(
        NodeError.NOT_INITIALIZED,
        "asking the scheduler",
        "this node has none",
        "run 'godwit init' or 'godwit join ADDRESS TOKEN'");
  }
}
