package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided and why, with everything that was considered and rejected.
 *
 * @param process null where the decision concerns none in particular
 * @param node where to; null where nothing moves
 */
public record Decision(
    long atNanos,
    Kind kind,
    @Nullable ProcessKey process,
    @Nullable NodeId node,
    String why,
    List<Rejection> rejected) {

  /** The kinds of decisions. The names appear in JSON output and do not change. */
  public enum Kind {
    PLACE,
    MIGRATE,
    EVICT,
    RECLAIM,
    DEPORT,
    DRAIN,
    SUSPEND,
    CONTINUE,
    ADMIT,
    REFUSE,
    STAY
  }

  public Decision {
    rejected = List.copyOf(rejected);
  }

  /** The decision as {@code godwit explain} prints it: one line, then one for each rejection. */
  public String explanation() {
    StringBuilder text = new StringBuilder(kind.name().toLowerCase(java.util.Locale.ROOT));
    if (process != null) {
      text.append(' ').append(process);
    }
    if (node != null) {
      text.append(" -> ").append(node);
    }
    text.append(": ").append(why);
    for (Rejection rejection : rejected) {
      text.append("\n  not ").append(rejection);
    }
    return text.toString();
  }
}
