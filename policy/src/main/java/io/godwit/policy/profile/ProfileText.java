package io.godwit.policy.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A profile as {@code godwit profile show} prints it: each axis with its choice, then what is
 * missing.
 */
public final class ProfileText {
  private ProfileText() {}

  /** The lines, each ended. */
  public static String render(Profile profile) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"transfer", profile.transfer()});
    rows.add(new String[] {"naming", profile.naming()});
    Profile.Load load = profile.load();
    rows.add(
        new String[] {
          "dissemination",
          word(load.spread())
              + ", every "
              + time(load.periodNanos())
              + ", window "
              + load.window()
              + (load.partners() > 0 ? ", " + load.partners() + " partners" : "")
              + ", exported load +"
              + Math.round(load.exportFactor() * 100)
              + " %"
        });
    rows.add(
        new String[] {
          "initiation",
          word(profile.activation().initiation())
              + ", above "
              + profile.activation().high()
              + " or below "
              + profile.activation().low()
              + " processes a core"
        });
    rows.add(new String[] {"selection", selection(profile.selection())});
    rows.add(
        new String[] {
          "location",
          word(profile.location().to()) + ", " + profile.location().candidates() + " candidates"
        });
    rows.add(
        new String[] {
          "stability",
          "residency "
              + time(profile.stability().minResidencyNanos())
              + ", least advantage "
              + profile.stability().minAdvantage()
              + ", at most "
              + count(profile.stability().maxMoves())
              + " moves"
        });
    rows.add(
        new String[] {
          "admission",
          "at most "
              + count(profile.admission().maxForeign())
              + " guests, none above "
              + profile.admission().refuseAbove()
              + " processes a core"
        });
    rows.add(
        new String[] {
          "eviction",
          word(profile.eviction().where())
              + (profile.eviction().suspendNanos() > 0
                  ? ", suspended for " + time(profile.eviction().suspendNanos()) + " first"
                  : "")
        });
    StringBuilder text = new StringBuilder();
    text.append(profile.name()).append(": ").append(profile.title());
    if (!profile.survey().isEmpty()) {
      text.append(" (survey, section ").append(profile.survey()).append(')');
    }
    text.append('\n');
    for (String[] row : rows) {
      text.append(String.format(Locale.ROOT, "  %-14s %s%n", row[0], row[1]));
    }
    for (String missing : profile.missing()) {
      text.append("  missing        ").append(missing).append('\n');
    }
    return text.toString();
  }

  private static String selection(Profile.Selection selection) {
    Set<String> names = new java.util.TreeSet<>(selection.names());
    String filter =
        names.isEmpty()
            ? ""
            : (selection.namesEligible() ? ", only " : ", not ") + String.join(" ", names);
    String age =
        selection.minAgeNanos() > 0 ? ", at least " + time(selection.minAgeNanos()) + " old" : "";
    return word(selection.by()) + age + filter;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String count(int number) {
    return number == Integer.MAX_VALUE ? "any number of" : Integer.toString(number);
  }

  private static String time(long nanos) {
    return nanos == Long.MAX_VALUE ? "forever" : String.format(Locale.ROOT, "%.3g s", nanos / 1e9);
  }
}
