package io.godwit.node.migration;

import org.jspecify.annotations.Nullable;

/**
 * What an earlier daemon left at the source.
 *
 * @param pages what the destination still needs of it, or null
 */
record LeftSource(
    MigrationHost host,
    MigrationRecord record,
    ProcessMover.@Nullable Left left,
    @Nullable PagesLeft pages)
    implements SourceCase.Hands {
  @Override
  public void seal() {
    throw new IllegalStateException("a recovered source does not seal");
  }

  @Override
  public void undo() {
    if (pages != null) {
      pages.close();
    }
    if (left != null) {
      left.thaw();
    }
  }

  @Override
  public void kill() {
    if (left != null && pages != null) {
      pages.afterwards(left::kill);
    } else if (left != null) {
      left.kill();
    }
  }

  @Override
  public void sendCommit() {
    // The destination asks by itself, and hears it then.
  }

  @Override
  public void tellAbort() {
    // As above.
  }

  @Override
  public void decided(SourceOwnership.State state) {
    if (state == SourceOwnership.State.GONE) {
      host.departed(record.pod(), record.peer(), record.epoch(), record.home());
    } else {
      host.kept(record.pod());
    }
  }
}
