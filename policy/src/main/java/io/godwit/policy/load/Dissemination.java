package io.godwit.policy.load;

import java.util.List;

/**
 * How load information spreads. One instance belongs to one node and one thread; see the package's
 * description.
 */
public interface Dissemination extends LoadView {
  /** Takes one event and says what follows from it. */
  List<LoadEffect> on(LoadEvent event, long nowNanos);

  /** When the next {@link LoadEvent.Tick} is wanted; {@link Long#MAX_VALUE} for never. */
  long wakeNanos();
}
