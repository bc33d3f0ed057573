package io.godwit.node.cluster;

import java.time.Duration;

/** The bounds of load information and scheduling on one node. */
public final class ClusterLimits {
  /** How often the node and its pods are looked at. */
  public static final Duration COLLECTION = Duration.ofMillis(250);

  /** How often all that runs beside the pods is looked at. */
  public static final Duration SURROUNDINGS = Duration.ofSeconds(1);

  /** How often the scheduler is given the chance to act where no event gives it. */
  public static final Duration SCHEDULING = Duration.ofMillis(500);

  /** After this time the weight of what a pod wanted of the processor has halved. */
  public static final Duration DEMAND_HALF_LIFE = Duration.ofSeconds(1);

  /** Moves of a process within this time count against its limit. */
  public static final Duration MOVE_WINDOW = Duration.ofSeconds(60);

  /** Balancing leaves a process alone for this long after its user has moved it. */
  public static final Duration USER_MOVE_RESPECTED = Duration.ofSeconds(60);

  /** A process that a node lacks something for is not offered to that node for this long. */
  public static final Duration UNMOVABLE = Duration.ofSeconds(30);

  /** A node that says nothing for this long is asked for a sign of life. */
  public static final Duration PROBE_AFTER = Duration.ofMillis(1500);

  /** A node that says nothing for this long is held dead until it speaks again. */
  public static final Duration SUSPECT_AFTER = Duration.ofSeconds(5);

  /** Nodes asked for a sign of life in one scheduling period. */
  public static final int PROBES_AT_ONCE = 16;

  /** So many nodes that live are watched by each: the next ones in the order of the members. */
  public static final int WATCHED = 2;

  /** Rumours about the dead and the living in one note. */
  public static final int RUMOURS = 16;

  /** How often a node tells a rumour, for each doubling of the number of nodes. */
  public static final int RUMOUR_TELLINGS = 3;

  /** Events that wait for the scheduler's thread. */
  public static final int QUEUE = 4096;

  /** Notes on their way to other nodes at once. */
  public static final int NOTES_AT_ONCE = 64;

  /** A note that is not taken within this time is lost. */
  public static final Duration NOTE_TIME = Duration.ofSeconds(3);

  /** Moves that the scheduler has under way from here at once; the others wait their turn. */
  public static final int MOVES_AT_ONCE = 4;

  /** Whoever asks the scheduler's thread waits at most this long. */
  public static final Duration ANSWER_TIME = Duration.ofSeconds(5);

  /** A job that has found no node within this time waits for another turn. */
  public static final Duration PLACEMENT_TIME = Duration.ofMillis(1500);

  /** Entries of one note. */
  public static final int ENTRIES = 4096;

  /** Names of resources of one node. */
  public static final int RESOURCES = 64;

  /** Characters of a name or reason in a message. */
  public static final int TEXT = 4096;

  /** Threads of one pod that are looked at one by one. */
  public static final int THREADS_READ = 512;

  /** Processes beside the pods that are looked at. */
  public static final int PROCESSES_READ = 8192;

  /** Names of processes remembered for explanations. */
  public static final int NAMES = 4096;

  /** Decisions told in one answer. */
  public static final int DECISIONS_TOLD = 200;

  /** How often a drain tells how far it is. */
  public static final Duration DRAIN_TELLS = Duration.ofMillis(100);

  private ClusterLimits() {}
}
