package io.godwit.policy.naming;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The naming of one node. It remembers where processes are that it has hosted, started or found,
 * forwards questions about those that have left, and finds those that it does not know by the
 * search that was chosen.
 */
public final class Naming {
  /** How a process is found that is not known here. */
  public enum Search {
    /** Ask its home node, which every move tells. */
    HOME,
    /**
     * Follow the trail of the nodes it has left, starting at home; links are updated by the answer.
     */
    LINK_UPDATE,
    /** Ask everybody. */
    BROADCAST
  }

  /** Locations remembered; the ones used longest ago are forgotten first. */
  public static final int MOST_LOCATIONS = 65_536;

  /** A trail longer than this is broken off: it must be a circle. */
  public static final int MOST_HOPS = 64;

  /** A search that has not been answered by then has failed. */
  public static final long TIMEOUT_NANOS = 2_000_000_000L;

  private final NodeId self;
  private final Search search;
  private final Map<ProcessKey, Location> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<ProcessKey, Long> searching = new LinkedHashMap<>();

  public Naming(NodeId self, Search search) {
    this.self = self;
    this.search = search;
  }

  /** Takes one event and says what follows from it. */
  public List<NamingEffect> on(NamingEvent event, long nowNanos) {
    List<NamingEffect> effects = new ArrayList<>(2);
    switch (event) {
      case NamingEvent.Wanted(ProcessKey process) -> wanted(process, nowNanos, effects);
      case NamingEvent.Here(ProcessKey process, Epoch epoch) -> {
        Location here = new Location(self, epoch);
        learn(process, here, effects);
        tellHome(process, here, effects);
      }
      case NamingEvent.Left(ProcessKey process, NodeId to, Epoch epoch) ->
          learn(process, new Location(to, epoch), effects);
      case NamingEvent.Ended(ProcessKey process) -> known.remove(process);
      case NamingEvent.Received(NodeId from, NamingMessage message) ->
          received(from, message, effects);
      case NamingEvent.Lost(NodeId node) ->
          known.values().removeIf(location -> location.node().equals(node));
      case NamingEvent.Tick tick -> giveUp(nowNanos, effects);
    }
    return effects;
  }

  /** Where this node believes the process to be, or null. */
  public @Nullable Location location(ProcessKey process) {
    return known.get(process);
  }

  private void wanted(ProcessKey process, long nowNanos, List<NamingEffect> effects) {
    Location location = known.get(process);
    // Only the node itself, and the home that every move tells, can be believed without asking.
    if (location != null && (location.node().equals(self) || search == Search.HOME)) {
      effects.add(new NamingEffect.Found(process, location));
      return;
    }
    if (searching.putIfAbsent(process, nowNanos) != null) {
      return;
    }
    NamingMessage where = new NamingMessage.Where(process, self, 0);
    if (search == Search.BROADCAST) {
      effects.add(new NamingEffect.Multicast(where));
      return;
    }
    NodeId first = location != null ? location.node() : process.home();
    if (first.equals(self)) {
      searching.remove(process);
      effects.add(new NamingEffect.NotFound(process, "this is its home and it is not known here"));
    } else {
      effects.add(new NamingEffect.Send(first, where));
    }
  }

  /** Every move tells the home, except where nobody relies on it. */
  private void tellHome(ProcessKey process, Location here, List<NamingEffect> effects) {
    if (search != Search.BROADCAST && !process.home().equals(self)) {
      effects.add(new NamingEffect.Send(process.home(), new NamingMessage.At(process, here)));
    }
  }

  private void received(NodeId from, NamingMessage message, List<NamingEffect> effects) {
    switch (message) {
      case NamingMessage.Where(ProcessKey process, NodeId asker, int hops) ->
          where(process, asker, hops, effects);
      case NamingMessage.At(ProcessKey process, Location location) ->
          learn(process, location, effects);
      case NamingMessage.Unknown(ProcessKey process) -> {
        Location believed = known.get(process);
        if (believed != null && believed.node().equals(from)) {
          known.remove(process);
        }
        if (search != Search.BROADCAST && searching.remove(process) != null) {
          effects.add(new NamingEffect.NotFound(process, from + " does not know it"));
        }
      }
    }
  }

  private void where(ProcessKey process, NodeId asker, int hops, List<NamingEffect> effects) {
    Location location = known.get(process);
    if (location != null && location.node().equals(self)) {
      effects.add(new NamingEffect.Send(asker, new NamingMessage.At(process, location)));
    } else if (search == Search.BROADCAST) {
      // Only the node that has it answers.
      return;
    } else if (location == null || hops >= MOST_HOPS) {
      effects.add(new NamingEffect.Send(asker, new NamingMessage.Unknown(process)));
    } else if (search == Search.HOME) {
      effects.add(new NamingEffect.Send(asker, new NamingMessage.At(process, location)));
    } else {
      effects.add(
          new NamingEffect.Send(
              location.node(), new NamingMessage.Where(process, asker, hops + 1)));
    }
  }

  private void learn(ProcessKey process, Location location, List<NamingEffect> effects) {
    Location old = known.get(process);
    if (old == null || location.supersedes(old)) {
      known.put(process, location);
      if (known.size() > MOST_LOCATIONS) {
        known.remove(known.keySet().iterator().next());
      }
    }
    if (searching.remove(process) != null) {
      effects.add(
          new NamingEffect.Found(
              process, old == null || location.supersedes(old) ? location : old));
    }
  }

  private void giveUp(long nowNanos, List<NamingEffect> effects) {
    searching
        .entrySet()
        .removeIf(
            entry -> {
              boolean late = nowNanos - entry.getValue() > TIMEOUT_NANOS;
              if (late) {
                effects.add(new NamingEffect.NotFound(entry.getKey(), "nobody has answered"));
              }
              return late;
            });
  }
}
