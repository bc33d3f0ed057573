package io.godwit.core.control;

import org.jspecify.annotations.Nullable;

/** What a user says to a job. */
public enum JobAction {
  /** One that waits does not start, one that runs is stopped. */
  HOLD("hold"),
  RELEASE("release"),
  /** One that waits is taken out of its queue, one that runs is killed. */
  CANCEL("cancel");

  private final String wireName;

  JobAction(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The action of that name, or null where this release has none. */
  public static @Nullable JobAction of(String wireName) {
    for (JobAction action : values()) {
      if (action.wireName.equals(wireName)) {
        return action;
      }
    }
    return null;
  }
}
