package io.godwit.policy.profile;

import io.godwit.core.GodwitException;
import io.godwit.policy.PolicyError;
import io.godwit.policy.scheduling.ActivationPolicy.Trigger;
import io.godwit.policy.scheduling.Admission;
import io.godwit.policy.scheduling.Eviction;
import io.godwit.policy.scheduling.SchedulingPolicies;
import io.godwit.policy.scheduling.Stability;
import io.godwit.policy.scheduling.Thresholds;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * Reads a profile from TOML. It is strict: a key that is not known is an error with a suggestion,
 * and all problems are reported at once.
 */
public final class ProfileParser {
  /** Longer texts are refused. */
  public static final int MAX_LENGTH = 64 * 1024;

  /** Names of the transfer strategies. */
  public static final List<String> STRATEGIES =
      List.of("eager", "eager-dirty", "precopy", "copy-on-reference", "flushing", "hybrid");

  /** Ways to find a process that has moved. */
  public static final List<String> NAMINGS = List.of("home", "link-update", "broadcast");

  private static final double MANY = 1e12;

  private ProfileParser() {}

  /**
   * Reads a profile.
   *
   * @param name what to call it where the text itself does not say
   * @throws GodwitException with {@link PolicyError#BAD_PROFILE} and every problem
   */
  public static Profile parse(String name, String text) {
    List<String> problems = new ArrayList<>();
    if (text.length() > MAX_LENGTH) {
      throw bad(name, List.of("it is longer than " + MAX_LENGTH + " characters"));
    }
    TomlParseResult toml = Toml.parse(text);
    for (TomlParseError error : toml.errors()) {
      problems.add(
          "line "
              + error.position().line()
              + ", column "
              + error.position().column()
              + ": "
              + error.getMessage());
    }
    if (!problems.isEmpty()) {
      throw bad(name, problems);
    }
    Profile profile = read(name, new TomlReader(toml, "", problems));
    if (!problems.isEmpty()) {
      throw bad(name, problems);
    }
    return profile;
  }

  private static Profile read(String name, TomlReader root) {
    Profile profile =
        new Profile(
            root.string("name", name),
            root.string("title", name),
            root.string("survey", ""),
            root.string("transfer", STRATEGIES, "hybrid"),
            root.string("naming", NAMINGS, "home"),
            load(root.table("load")),
            activation(root.table("activation")),
            selection(root.table("selection")),
            location(root.table("location")),
            stability(root.table("stability")),
            admission(root.table("admission")),
            eviction(root.table("eviction")),
            root.strings("missing"));
    root.rejectUnknown();
    return profile;
  }

  private static Profile.Load load(TomlReader in) {
    Profile.Load load =
        new Profile.Load(
            in.choice("dissemination", Profile.Spread.class, Profile.Spread.GOSSIP),
            Math.max(1_000_000L, in.duration("period", 2_000_000_000L)),
            in.integer("window", 2, 4096, 16),
            in.duration("max-age", 60_000_000_000L),
            in.number("export-factor", 0, 10, 0),
            in.integer("partners", 0, 4096, 0));
    if (load.partners() == 1) {
      in.problem("partners", "is 0 for all nodes, or at least 2");
    }
    if (load.maxAgeNanos() < load.periodNanos() && load.spread() != Profile.Spread.NEGOTIATED) {
      in.problem("max-age", "is not shorter than the period");
    }
    in.rejectUnknown();
    return load;
  }

  private static Thresholds activation(TomlReader in) {
    Thresholds usual =
        Thresholds.of(
            in.choice("initiation", Thresholds.Initiation.class, Thresholds.Initiation.SENDER),
            in.number("high", 0, MANY, 1.0),
            in.number("low", 0, MANY, 1.0));
    Set<Trigger> send = triggers(in, "send-on", usual.sendOn());
    Set<Trigger> receive = triggers(in, "receive-on", usual.receiveOn());
    in.rejectUnknown();
    return new Thresholds(usual.initiation(), usual.high(), usual.low(), send, receive);
  }

  private static Set<Trigger> triggers(TomlReader in, String key, Set<Trigger> otherwise) {
    List<String> words = in.strings(key);
    if (words.isEmpty()) {
      return otherwise;
    }
    Set<Trigger> triggers = EnumSet.noneOf(Trigger.class);
    for (String word : words) {
      switch (word) {
        case "start" -> triggers.add(Trigger.PROCESS_STARTED);
        case "end" -> triggers.add(Trigger.PROCESS_ENDED);
        case "period" -> triggers.add(Trigger.TICK);
        default -> in.problem(key, "names start, end and period, not '" + word + "'");
      }
    }
    return triggers;
  }

  private static Profile.Selection selection(TomlReader in) {
    Set<String> names = in.set("names");
    Set<String> excluded = in.set("excluded");
    if (!names.isEmpty() && !excluded.isEmpty()) {
      in.problem("excluded", "and 'names' cannot both be given");
    }
    Profile.By by = in.choice("by", Profile.By.class, Profile.By.AGE);
    Profile.Selection selection =
        new Profile.Selection(
            by,
            in.duration("min-age", 0),
            excluded.isEmpty() ? names : excluded,
            excluded.isEmpty() && (by == Profile.By.NAMES || !names.isEmpty()),
            in.number("min-pages-per-second", 0, MANY, 1),
            in.number("link-mb-per-second", 0.001, MANY, 100) * 1e6);
    in.rejectUnknown();
    return selection;
  }

  private static Profile.Location location(TomlReader in) {
    Profile.Location location =
        new Profile.Location(
            in.choice("to", Profile.To.class, Profile.To.LEAST_LOADED),
            in.number("threshold", 0, MANY, 1.0),
            in.integer("candidates", 1, 4096, SchedulingPolicies.DEFAULT_CANDIDATES));
    in.rejectUnknown();
    return location;
  }

  private static Stability stability(TomlReader in) {
    Stability usual = Stability.DEFAULT;
    Stability stability =
        new Stability(
            in.duration("min-residency", usual.minResidencyNanos()),
            in.number("min-advantage", 0, MANY, usual.minAdvantage()),
            in.integer("max-moves", 1, Integer.MAX_VALUE, usual.maxMoves()),
            in.duration("backoff", usual.backoffNanos()),
            in.duration("max-age", usual.maxRecordAgeNanos()));
    in.rejectUnknown();
    return stability;
  }

  private static Admission admission(TomlReader in) {
    Admission usual = Admission.OPEN;
    Admission admission =
        new Admission(
            in.integer("max-foreign", 0, Integer.MAX_VALUE, usual.maxForeign()),
            in.integer("max-incoming", 1, Integer.MAX_VALUE, usual.maxIncoming()),
            in.number("refuse-above", 0, MANY, usual.refuseAbove()),
            (long) (in.number("memory-reserve-mb", 0, MANY, 0) * 1048576),
            in.set("users"),
            in.set("programs"));
    in.rejectUnknown();
    return admission;
  }

  private static Eviction eviction(TomlReader in) {
    Eviction eviction =
        new Eviction(
            in.choice("where", Eviction.Where.class, Eviction.DEFAULT.where()),
            in.duration("suspend", Eviction.DEFAULT.suspendNanos()));
    in.rejectUnknown();
    return eviction;
  }

  private static GodwitException bad(String name, List<String> problems) {
    return new GodwitException(
        PolicyError.BAD_PROFILE,
        "the profile '" + name + "' cannot be used",
        String.join("\n  ", problems),
        "correct " + (problems.size() == 1 ? "it" : "these " + problems.size() + " problems"));
  }
}
