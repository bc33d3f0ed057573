package io.godwit.policy.transfer;

import java.util.List;
import java.util.Optional;

/** The strategies by their names. */
public final class TransferStrategies {
  /** All names, the default first. */
  public static final List<String> NAMES =
      List.of("hybrid", "eager", "eager-dirty", "precopy", "copy-on-reference", "flushing");

  private static final long BACKGROUND_PAGES = 256;
  private static final long HOT_PAGES = 64;

  private TransferStrategies() {}

  /** A new strategy of that name for one migration; empty if there is none. */
  public static Optional<TransferStrategy> create(String name, StopRule rule, long pageSize) {
    return Optional.ofNullable(
        switch (name) {
          case "eager" -> new Eager();
          case "eager-dirty" -> new EagerDirty();
          case "precopy" -> new Precopy(rule, pageSize);
          case "copy-on-reference" -> new CopyOnReference(BACKGROUND_PAGES);
          case "flushing" -> new Flushing();
          case "hybrid" -> new Hybrid(HOT_PAGES);
          default -> null;
        });
  }
}
