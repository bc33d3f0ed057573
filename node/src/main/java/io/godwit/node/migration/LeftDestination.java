package io.godwit.node.migration;

import org.jspecify.annotations.Nullable;

/** What an earlier daemon left at the destination. */
record LeftDestination(MigrationHost host, MigrationRecord record, ProcessMover.@Nullable Left left)
    implements DestinationCase.Hands {
  @Override
  public boolean whole() {
    return left != null && left.whole();
  }

  @Override
  public void thaw() {
    if (left != null) {
      left.thaw();
    }
  }

  @Override
  public void discard() {
    if (left != null) {
      left.kill();
    }
  }

  @Override
  public void sendReady() {
    throw new IllegalStateException("a recovered destination is ready already");
  }

  @Override
  public void sendResumed() {
    // The source asks by itself, and hears it then.
  }

  @Override
  public void tellAbort() {
    // As above.
  }

  @Override
  public void decided(DestinationOwnership.State state) {
    if (state == DestinationOwnership.State.RUNNING) {
      host.arrived(record.pod(), record.peer(), record.epoch(), record.home());
    }
  }
}
