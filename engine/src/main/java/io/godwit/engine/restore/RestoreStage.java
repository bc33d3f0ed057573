package io.godwit.engine.restore;

/** The stages in which a tree is built; kinds are called once for each, in this order. */
public enum RestoreStage {
  /**
   * No process exists yet. What the node makes itself is made here: pipes, sockets, memory objects,
   * opened files. Nothing here needs the source to be frozen, and nothing is visible to the
   * process.
   */
  PREPARE,
  /**
   * All processes exist with their numbers, sessions and groups, each with one thread and no memory
   * but the scratch area. Descriptors are passed in and put in their places here.
   */
  PROCESSES,
  /** The mappings are made and hold their pages. Threads do not exist yet. */
  MEMORY,
  /** All threads exist. Signal actions, timers, limits. */
  THREADS,
  /** The last calls with full rights: credentials, capabilities, no_new_privs, seccomp. */
  LAST
}
