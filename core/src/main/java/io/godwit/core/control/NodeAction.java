package io.godwit.core.control;

import org.jspecify.annotations.Nullable;

/** What an administrator or an owner says to a node. */
public enum NodeAction {
  /** All processes leave it, and none comes. */
  DRAIN("drain"),
  UNDRAIN("undrain"),
  /** The owner is back: foreign processes leave. */
  OWNER_RETURNED("owner-returned"),
  OWNER_LEFT("owner-left");

  private final String wireName;

  NodeAction(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The action of that name, or null where this release has none. */
  public static @Nullable NodeAction of(String wireName) {
    for (NodeAction action : values()) {
      if (action.wireName.equals(wireName)) {
        return action;
      }
    }
    return null;
  }
}
