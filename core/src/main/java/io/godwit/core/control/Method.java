package io.godwit.core.control;

import org.jspecify.annotations.Nullable;

/**
 * The requests that a daemon answers. For each: its parameters, its result, the events and inputs
 * in between, and what the daemon does when the client leaves early.
 */
public enum Method {
  /** No parameters; the {@link NodeView} of the daemon itself. */
  SELF("self"),
  /** No parameters; {@code nodes}: a list of {@link NodeView}. */
  NODES("nodes"),
  /** {@code dependencies}: whether to tell them; {@code processes}: a list of ProcessView. */
  PROCESSES("processes"),
  /**
   * A {@link RunSpec}; a {@link ProcessView} once the program runs. With {@code attach}, the
   * console follows as in {@link #ATTACH} and the result comes when the program has ended. A client
   * that leaves detaches; the program goes on.
   */
  RUN("run"),
  /** {@code pid} and maybe {@code name}; the {@link ProcessView} under which it is known. */
  ADOPT("adopt"),
  /**
   * A {@link MigrateSpec}; events {@code progress} ({@link Progress}); a {@link MigrationReport}. A
   * client that leaves only stops watching.
   */
  MIGRATE("migrate"),
  /** {@code what} and {@code signal}, a number; an empty result. */
  SIGNAL("signal"),
  /** {@code what}; a {@link ProcessExit} once it has ended. Leaving ends the waiting. */
  WAIT("wait"),
  /** {@code what}, {@code follow}, {@code tailBytes}; console bytes; an empty result at the end. */
  LOGS("logs"),
  /**
   * {@code what}, {@code replay}; event {@code attached} ({@link ProcessView}); console bytes both
   * ways; inputs {@code resize} ({@link WindowSize}), {@code signal} ({@code number}); a {@link
   * ProcessExit} at the end. Leaving detaches.
   */
  ATTACH("attach"),
  /**
   * A {@link CheckpointSpec}; events {@code progress}; a {@link CheckpointReport}. A client that
   * leaves only stops watching. Root alone.
   */
  CHECKPOINT("checkpoint"),
  /** A {@link RestartSpec}; the {@link ProcessView} under which it is known. Root alone. */
  RESTART("restart"),
  /** {@code name}; a {@link ClusterView} of the new cluster. Root alone. */
  INIT("init"),
  /** {@code validSeconds}; a {@link JoinToken}. Root alone. */
  TOKEN("token"),
  /** {@code address} and {@code token}; a {@link ClusterView} of the cluster joined. Root alone. */
  JOIN("join"),
  /**
   * Nothing: the {@link ProfileView} in use. {@code name} and {@code text}: that one is used from
   * now on, on all nodes; root alone.
   */
  PROFILE("profile"),
  /**
   * No parameters; {@code moves}: a list of {@link MoveView} about the caller's processes, those
   * under way and those that have ended lately, latest last.
   */
  MOVES("moves"),
  /** No parameters; {@code text}: the node's figures in the text format of Prometheus. */
  METRICS("metrics"),
  /**
   * {@code what}, a process, or nothing for all, which is for root alone; {@code most} of each node
   * (0: as many as it tells); {@code decisions}: a list of {@link DecisionView}, latest last.
   */
  EXPLAIN("explain"),
  /**
   * {@code node}, {@code action} ({@link NodeAction}), {@code waitMillis} (0: for ever); events
   * {@code drain} ({@link DrainView}); a {@link DrainView} at the end. Root alone. A client that
   * leaves only stops watching.
   */
  ADMINISTER("administer"),
  /** A {@link JobSpec}; {@code jobs}: a list of {@link JobView}, one for each job of an array. */
  SUBMIT("submit"),
  /**
   * {@code what}, a job's id or name, or nothing for all; {@code ended}: whether those that are
   * over are told too, as far as they are remembered; {@code jobs}: a list of {@link JobView}.
   */
  JOBS("jobs"),
  /** No parameters; {@code queues}: a list of {@link QueueView}. */
  QUEUES("queues"),
  /**
   * {@code what}, a job's id or name, an array's id for all of it; {@code action} ({@link
   * JobAction}); {@code jobs}: a list of {@link JobView}.
   */
  JOB("job");

  private final String wireName;

  Method(String wireName) {
    this.wireName = wireName;
  }

  /** The name in a request. */
  public String wireName() {
    return wireName;
  }

  /** The method of that name, or null where this release has none. */
  public static @Nullable Method of(String wireName) {
    for (Method method : values()) {
      if (method.wireName.equals(wireName)) {
        return method;
      }
    }
    return null;
  }
}
