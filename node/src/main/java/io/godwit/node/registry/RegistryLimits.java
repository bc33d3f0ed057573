package io.godwit.node.registry;

import java.time.Duration;

/** The bounds of the registry. Those of its content are the same on all voters, always. */
final class RegistryLimits {
  /** Of the rules by which updates are applied. */
  static final int VERSION = 1;

  /** Processes that run. */
  static final int RUNNING = 20_000;

  /** Processes that have ended and are still remembered; the oldest are forgotten first. */
  static final int ENDED = 2000;

  static final int NODES = 4096;

  /** Updates of one entry of the log. */
  static final int UPDATES = 64;

  /** One entry of the log, bytes. */
  static final int BATCH_BYTES = 256 << 10;

  /** A snapshot, bytes. */
  static final int SNAPSHOT_BYTES = 48 << 20;

  /** Characters of a command line. */
  static final int COMMAND = 256;

  /** Characters of a path of a checkpoint. */
  static final int CHECKPOINT = 160;

  /** Characters of a reason. */
  static final int WHY = 256;

  /** Characters of a profile. */
  static final int PROFILE = 64 << 10;

  /** Processes in one answer. */
  static final int ASKED = 2000;

  /** Nodes that one question may name. */
  static final int ASKED_NODES = 1024;

  /** From an update to the majority's word. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /** A voter's answer about what it knows. */
  static final Duration CONSULT = Duration.ofMillis(800);

  /** Between two looks of the scribe. */
  static final Duration BEAT = Duration.ofMillis(500);

  /** Between two tries when the registry does not answer. */
  static final Duration RETRY = Duration.ofSeconds(2);

  /** Between two tries to take part. */
  static final Duration BEGIN = Duration.ofSeconds(1);

  private RegistryLimits() {}
}
