package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Which pages go when: the survey's data transfer strategies (section 3.2). Under all of them the
 * processes are built at the destination before the freeze where that is possible, and pages that
 * are in a file there are never sent.
 */
public enum TransferStrategy {
  /** All pages that are in no file there go in the freeze; nothing stays behind. */
  EAGER("eager", Pass.NONE, false),
  /**
   * As {@link #EAGER}, but for pages that the destination kept when the process left it: those are
   * taken from there (MOSIX, Locus: only what is dirty goes in the freeze).
   */
  EAGER_DIRTY("eager-dirty", Pass.NONE, false),
  /** Rounds while it runs, in the freeze what was written since (V). */
  PRECOPY("precopy", Pass.ROUNDS, false),
  /** Registers first, pages when they are touched (Accent, Mach). */
  COPY_ON_REFERENCE("copy-on-reference", Pass.NONE, true),
  /** One pass while it runs, the rest follows it (Choices and copy-on-reference in one). */
  HYBRID("hybrid", Pass.ONE, true),
  /** One pass into a page store, from which pages come when they are touched (Sprite). */
  FLUSHING("flushing", Pass.ONE, true);

  /**
   * The strategy of whoever names none: the freeze does not grow with memory, and nothing is left
   * behind on which the process would depend.
   */
  public static final TransferStrategy DEFAULT = PRECOPY;

  /** What is sent while the process runs. */
  public enum Pass {
    NONE,
    /** Each page once. */
    ONE,
    /** Until {@link io.godwit.policy.transfer.StopRule} says stop. */
    ROUNDS
  }

  private final String title;
  private final Pass pass;
  private final boolean follows;

  TransferStrategy(String title, Pass pass, boolean follows) {
    this.title = title;
    this.pass = pass;
    this.follows = follows;
  }

  /** The name that users choose it by. */
  public String title() {
    return title;
  }

  /** The names of all. */
  static String titles() {
    return Arrays.stream(values()).map(TransferStrategy::title).collect(Collectors.joining(", "));
  }

  /** What is sent before the freeze. */
  public Pass pass() {
    return pass;
  }

  /** Whether pages follow the process after it has been resumed: a residual dependency. */
  public boolean follows() {
    return follows;
  }

  /** Whether what is sent before the freeze goes to a page store, and follows from there. */
  public boolean stores() {
    return this == FLUSHING;
  }

  /** Whether pages are offered to a destination that keeps a copy of an earlier visit. */
  public boolean offers() {
    return offersInFreeze() || (pass != Pass.NONE && !stores());
  }

  /** Whether that is done in the freeze even where it could have been done before. */
  public boolean offersInFreeze() {
    return this == EAGER_DIRTY;
  }

  /** The strategy of that name; empty is the default. */
  public static TransferStrategy named(String title) {
    if (title.isEmpty()) {
      return DEFAULT;
    }
    return Arrays.stream(values())
        .filter(strategy -> strategy.title.equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new GodwitException(
                    NodeError.MIGRATION_REFUSED,
                    "choosing the strategy '" + title + "'",
                    "there is none of that name",
                    "leave --strategy out or name one of " + titles()));
  }
}
