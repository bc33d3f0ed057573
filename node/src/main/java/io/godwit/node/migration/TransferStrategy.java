package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;

/** Which pages go when: the survey's data transfer strategies. */
public interface TransferStrategy {
  /** The name that users choose it by. */
  String title();

  /** Moves memory while the process is frozen. */
  void transferFrozen(ProcessMover.Departure departure, ProcessMover.PageSink sink);

  /** All pages go in the freeze; nothing stays behind. */
  TransferStrategy EAGER =
      new TransferStrategy() {
        @Override
        public String title() {
          return "eager";
        }

        @Override
        public void transferFrozen(ProcessMover.Departure departure, ProcessMover.PageSink sink) {
          departure.transfer(sink);
        }
      };

  /** The strategy of that name; empty is the default. */
  static TransferStrategy named(String title) {
    if (title.isEmpty() || title.equals(EAGER.title())) {
      return EAGER;
    }
    throw new GodwitException(
        NodeError.MIGRATION_REFUSED,
        "choosing the strategy '" + title + "'",
        "this release has the strategy 'eager' alone",
        "leave --strategy out or name 'eager'");
  }
}
