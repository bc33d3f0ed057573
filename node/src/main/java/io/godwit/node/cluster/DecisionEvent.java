package io.godwit.node.cluster;

import io.godwit.policy.scheduling.Decision;
import io.godwit.policy.scheduling.SchedulingEffect;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** What a scheduler has decided and wants done, for the flight recorder. */
@Name("io.godwit.Decision")
@Label("Scheduling Decision")
@Category({"Godwit", "Scheduling"})
@StackTrace(false)
final class DecisionEvent extends Event {
  @Label("Kind")
  String kind = "";

  @Label("Pod")
  String pod = "";

  @Label("Destination")
  String to = "";

  @Label("Why")
  String why = "";

  @Label("Rejected")
  int rejected;

  /** Records the decision that an effect comes from, where it comes from one. */
  static void emit(SchedulingEffect effect, ProcessNames names) {
    DecisionEvent event = new DecisionEvent();
    Decision decision = event.shouldCommit() ? decision(effect) : null;
    if (decision == null) {
      return;
    }
    event.kind = decision.kind().name();
    event.pod = decision.process() == null ? "" : names.name(decision.process());
    event.to = decision.node() == null ? "" : decision.node().name();
    event.why = decision.why();
    event.rejected = decision.rejected().size();
    event.commit();
  }

  private static @Nullable Decision decision(SchedulingEffect effect) {
    return switch (effect) {
      case SchedulingEffect.Place place -> place.decision();
      case SchedulingEffect.Migrate migrate -> migrate.decision();
      case SchedulingEffect.Suspend suspend -> suspend.decision();
      case SchedulingEffect.Continue goesOn -> goesOn.decision();
      case SchedulingEffect.Refuse refuse -> refuse.decision();
      default -> null;
    };
  }
}
