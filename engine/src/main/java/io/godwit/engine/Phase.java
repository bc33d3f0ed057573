package io.godwit.engine;

/** The parts of a checkpoint, restart or move whose time is told. */
public enum Phase {
  /** Looking for obstacles while the processes run. */
  INSPECT,
  /** Stopping all threads. */
  FREEZE,
  /** Describing the processes. */
  EXTRACT,
  /** Reading memory and handing it to the sink. */
  SEND_PAGES,
  /** Opening files, making pipes and memory objects. */
  PREPARE,
  /** Making processes with their numbers and descriptors. */
  MAKE_PROCESSES,
  /** Making the mappings. */
  MAKE_MEMORY,
  /** Taking memory from the source and writing it. */
  WRITE_PAGES,
  /** Threads, signals, credentials, registers. */
  FINISH,
  /** Letting the processes run. */
  RELEASE,
  /** Letting the frozen processes run on as if nothing had happened. */
  UNDO,
  /** Ending the frozen processes after they have moved. */
  KILL
}
