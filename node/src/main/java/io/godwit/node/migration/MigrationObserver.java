package io.godwit.node.migration;

/** Follows one migration. Called from the migration's threads; must not block for long. */
@FunctionalInterface
public interface MigrationObserver {
  /** Follows nothing. */
  MigrationObserver NONE = (phase, bytes, expected, elapsedNanos) -> {};

  /**
   * A phase has begun, or more bytes have gone over.
   *
   * @param expected bytes in all as far as they are known, else 0
   * @param elapsedNanos since the request
   */
  void progress(Phase phase, long bytes, long expected, long elapsedNanos);
}
