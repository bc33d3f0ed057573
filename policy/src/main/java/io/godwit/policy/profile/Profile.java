package io.godwit.policy.profile;

import io.godwit.core.NodeId;
import io.godwit.policy.load.Central;
import io.godwit.policy.load.Dissemination;
import io.godwit.policy.load.Gossip;
import io.godwit.policy.load.Hierarchical;
import io.godwit.policy.load.LoadExport;
import io.godwit.policy.load.Negotiated;
import io.godwit.policy.scheduling.Admission;
import io.godwit.policy.scheduling.Eviction;
import io.godwit.policy.scheduling.LocationPolicy;
import io.godwit.policy.scheduling.Locations;
import io.godwit.policy.scheduling.SchedulingPolicies;
import io.godwit.policy.scheduling.SelectionPolicy;
import io.godwit.policy.scheduling.Selections;
import io.godwit.policy.scheduling.Stability;
import io.godwit.policy.scheduling.Thresholds;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One choice for each axis.
 *
 * @param name the file's name without its ending
 * @param title what it is, in a few words
 * @param survey the section of the survey that describes the system; empty for a plain family
 * @param missing what the system had, or was, that the profile does not give
 */
public record Profile(
    String name,
    String title,
    String survey,
    String transfer,
    String naming,
    Load load,
    Thresholds activation,
    Selection selection,
    Location location,
    Stability stability,
    Admission admission,
    Eviction eviction,
    List<String> missing) {

  /** How load information spreads. */
  public enum Spread {
    GOSSIP,
    CENTRAL,
    NEGOTIATED,
    HIERARCHICAL
  }

  /** Which process is selected. */
  public enum By {
    AGE,
    NAMES,
    NEWEST,
    COMMUNICATION,
    PAGING
  }

  /** Where a process goes. */
  public enum To {
    LEAST_LOADED,
    RANDOM,
    THRESHOLD,
    LONGEST_IDLE,
    PARTNERS,
    ORDER
  }

  /**
   * Dissemination.
   *
   * @param periodNanos between two rounds or reports
   * @param window records held under gossip, members of a group under hierarchy
   * @param maxAgeNanos how long knowledge is used
   * @param exportFactor the exported load is this much above the real one
   * @param partners nodes that one gossips with, a few that change slowly; 0 for all
   */
  public record Load(
      Spread spread,
      long periodNanos,
      int window,
      long maxAgeNanos,
      double exportFactor,
      int partners) {
    /** What the node tells about itself. */
    public LoadExport export() {
      return new LoadExport(exportFactor, 1.0);
    }
  }

  /**
   * Selection.
   *
   * @param by the first says what is gained; all must agree
   * @param minAgeNanos least CPU time used, for {@link By#AGE}
   * @param names program names, for {@link By#NAMES} or, with another first choice, as a filter
   * @param namesEligible whether only those are eligible, or all but those
   * @param minPagesPerSecond for {@link By#PAGING}
   */
  public record Selection(
      By by,
      long minAgeNanos,
      Set<String> names,
      boolean namesEligible,
      double minPagesPerSecond,
      double linkBytesPerSecond) {
    public Selection {
      names = Set.copyOf(names);
    }

    /** The same with another list of names. */
    public Selection withNames(Set<String> listed) {
      return new Selection(
          by, minAgeNanos, listed, namesEligible, minPagesPerSecond, linkBytesPerSecond);
    }
  }

  /**
   * Location.
   *
   * @param threshold processes for each core, for {@link To#THRESHOLD}
   * @param candidates nodes asked before a decision where load is asked for
   */
  public record Location(To to, double threshold, int candidates) {}

  public Profile {
    missing = List.copyOf(missing);
  }

  /** The same profile with a list of program names, such as one measured from a trace. */
  public Profile withNames(Set<String> names) {
    return new Profile(
        name,
        title,
        survey,
        transfer,
        naming,
        load,
        activation,
        selection.withNames(names),
        location,
        stability,
        admission,
        eviction,
        missing);
  }

  /** The scheduling policies of a node. */
  public SchedulingPolicies scheduling(NodeId self) {
    return new SchedulingPolicies(
        activation,
        selectionPolicy(self),
        locationPolicy(),
        stability,
        admission,
        eviction,
        location.candidates());
  }

  private SelectionPolicy selectionPolicy(NodeId self) {
    SelectionPolicy names = new Selections.Names(selection.names(), selection.namesEligible());
    SelectionPolicy age = new Selections.Age(selection.minAgeNanos());
    SelectionPolicy first =
        switch (selection.by()) {
          case AGE -> age;
          case NAMES -> names;
          case NEWEST -> new Selections.Newest();
          case COMMUNICATION -> new Selections.Affinity(self, selection.linkBytesPerSecond(), age);
          case PAGING -> new Selections.Paging(selection.minPagesPerSecond());
        };
    boolean filtered = selection.by() != By.NAMES && !selection.names().isEmpty();
    return filtered ? new Selections.Both(first, names) : first;
  }

  private LocationPolicy locationPolicy() {
    return switch (location.to()) {
      case LEAST_LOADED -> new Locations.LeastLoaded();
      case RANDOM -> new Locations.AnyNode();
      case THRESHOLD -> new Locations.BelowThreshold(location.threshold());
      case LONGEST_IDLE -> new Locations.LongestIdle();
      case PARTNERS -> new Locations.NearPartners(new Locations.LeastLoaded());
      case ORDER -> new Locations.ByOrder();
    };
  }

  /** The load layer of a node; see {@link Gossip} for the parameters. */
  public Dissemination dissemination(
      NodeId self, RandomGenerator random, long firstSequence, long firstRoundNanos) {
    return switch (load.spread()) {
      case GOSSIP ->
          new Gossip(
              self,
              new Gossip.Options(
                  load.periodNanos(),
                  load.window(),
                  load.maxAgeNanos(),
                  Math.max(load.periodNanos(), 10 * load.periodNanos()),
                  load.window(),
                  load.partners()),
              random,
              firstSequence,
              firstRoundNanos);
      case CENTRAL ->
          new Central(
              self,
              new Central.Options(load.periodNanos(), 1.0, load.maxAgeNanos(), 3),
              firstSequence,
              firstRoundNanos);
      case NEGOTIATED ->
          new Negotiated(
              self,
              new Negotiated.Options(load.maxAgeNanos(), Negotiated.Options.DEFAULT.timeoutNanos()),
              random,
              firstSequence);
      case HIERARCHICAL ->
          new Hierarchical(
              self,
              new Hierarchical.Options(
                  load.periodNanos(),
                  load.window(),
                  Hierarchical.Options.DEFAULT.exported(),
                  load.maxAgeNanos(),
                  3),
              random,
              firstSequence,
              firstRoundNanos);
    };
  }
}
