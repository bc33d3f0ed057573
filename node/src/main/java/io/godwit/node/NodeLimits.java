package io.godwit.node;

import java.time.Duration;

/** The bounds of what a daemon keeps and waits for. */
public final class NodeLimits {
  /** Nodes of a cluster whose members are listed statically. */
  public static final int MEMBERS = 1024;

  /** Largest configuration file, bytes. */
  public static final int CONFIGURATION_BYTES = 256 << 10;

  /** Largest record of the journal, bytes. */
  public static final int RECORD_BYTES = 256 << 10;

  /** Open join tokens. */
  public static final int OPEN_TOKENS = 1024;

  /** A used or expired token is remembered this long. */
  public static final Duration TOKEN_MEMORY = Duration.ofDays(30);

  /** Longest life of a join token. */
  public static final Duration TOKEN_LIFE_MAX = Duration.ofDays(7);

  /** Life of a join token when nothing else was asked for. */
  public static final Duration TOKEN_LIFE = Duration.ofHours(1);

  /** Files that one negotiation compares. */
  public static final int NEGOTIATED_FILES = 20_000;

  /** A reservation made in negotiation lasts this long. */
  public static final Duration RESERVATION = Duration.ofSeconds(60);

  /** Foreign migrations that are built at once. */
  public static final int ARRIVALS = 16;

  /**
   * Pages that a first pass has left, bytes: up to so many go in the freeze though they could
   * follow.
   */
  public static final long FEW_BYTES_LEFT = 512 << 10;

  /** What was kept of an earlier visit is used when it can be read within this time. */
  public static final Duration KEPT_READY = Duration.ofSeconds(2);

  /** What a program left behind is given that long to go away before it comes back. */
  public static final Duration EARLIER_END = Duration.ofSeconds(10);

  /**
   * A process whose pages cannot be reached for so long stands still until they can: the source of
   * pages that follow it is tried on and on.
   */
  public static final Duration PAGES_BEHIND_PATIENCE = Duration.ofSeconds(15);

  /**
   * A way to pages that follow a process counts as broken when nothing has come on it for so long,
   * although the source was asked whether it is there.
   */
  public static final Duration PAGES_BEHIND_SILENCE = Duration.ofSeconds(8);

  /** How long a source waits for somebody to ask for the pages that it has left. */
  public static final Duration LEFT_PAGES_WAIT = Duration.ofHours(24);

  /** How often it asks the destination meanwhile whether they are needed. */
  public static final Duration LEFT_PAGES_ASK = Duration.ofSeconds(20);

  /** How long a new migration waits for the pages of the one before. */
  public static final Duration PAGES_BEFORE_NEXT = Duration.ofSeconds(60);

  /** Files in one page store. */
  public static final int STORED_FILES = 4096;

  /** What keeps a process from being moved, but ends by itself, is waited for this long. */
  public static final Duration CALM = Duration.ofSeconds(1);

  /** How long a signal waits for a process that is on its way between nodes. */
  public static final Duration SIGNAL_WAIT = Duration.ofSeconds(30);

  /** How long a process is looked for that was not where it was said to be. */
  public static final Duration SEARCH = Duration.ofSeconds(10);

  /** How often the living are asked whether they live. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** A node that does not answer that within this time is silent. */
  public static final Duration HEARTBEAT_ANSWER = Duration.ofSeconds(5);

  /** How often each side of a migration says that it is there. */
  public static final Duration PULSE = Duration.ofSeconds(1);

  /** A side of a migration that says nothing for this long is gone. */
  public static final Duration SILENCE = Duration.ofSeconds(5);

  /** How long a commit in doubt is asked about before the caller is told so. */
  public static final Duration DOUBT_PATIENCE = Duration.ofSeconds(3);

  /** For one answer to the question who owns a process. */
  public static final Duration QUESTION = Duration.ofSeconds(3);

  /** How often the other side of a migration in doubt is asked again. */
  public static final Duration DOUBT_RETRY = Duration.ofSeconds(2);

  /** Largest encoded description of a process (everything but its pages), bytes. */
  public static final int METADATA_BYTES = 512 << 20;

  /** By how much the clock of a pod that arrives may be behind; it waits so long at most. */
  public static final Duration CLOCK_LAG = Duration.ofSeconds(5);

  /** How long the other side of a migration has to tell why it hung up. */
  public static final Duration LAST_WORD = Duration.ofMillis(500);

  /** A negotiation that takes longer is repeated: the clocks of the pod are told in it. */
  public static final Duration CLOCK_ERROR = Duration.ofMillis(200);

  private NodeLimits() {}
}
