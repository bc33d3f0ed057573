package io.godwit.node.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Walks through every state that the two machines reach together when daemons die, records fail and
 * the connection breaks at every point between two effects, and checks in each that at most one
 * instance can run, that the process is not lost, and that it ends up on exactly one node once
 * everything works again.
 */
class OwnershipTest {
  private static final int FAULTS = 3;

  private enum Message {
    READY,
    RESUMED,
    ABORT_FROM_DESTINATION,
    STATE,
    COMMIT,
    ABORT_FROM_SOURCE
  }

  private record Source(
      boolean alive,
      SourceOwnership.State state,
      List<SourceOwnership.Effect> todo,
      SourceOwnership.Recorded record,
      boolean sealed,
      boolean killed) {
    boolean canRun() {
      return !sealed && !killed;
    }
  }

  private record Destination(
      boolean alive,
      DestinationOwnership.State state,
      List<DestinationOwnership.Effect> todo,
      DestinationOwnership.Recorded record,
      boolean built,
      boolean thawed,
      boolean discarded) {}

  private record World(
      Source source, Destination destination, Set<Message> flying, boolean link, int faults) {

    World with(Source changed) {
      return new World(changed, destination, flying, link, faults);
    }

    World with(Destination changed) {
      return new World(source, changed, flying, link, faults);
    }

    World flying(Message message) {
      if (!link) {
        return this;
      }
      Set<Message> more = EnumSet.noneOf(Message.class);
      more.addAll(flying);
      more.add(message);
      return new World(source, destination, more, link, faults);
    }

    World landed(Message message) {
      Set<Message> fewer = EnumSet.noneOf(Message.class);
      fewer.addAll(flying);
      fewer.remove(message);
      return new World(source, destination, fewer, link, faults);
    }

    World faulty() {
      return new World(source, destination, flying, link, faults + 1);
    }

    World cut() {
      return new World(source, destination, EnumSet.noneOf(Message.class), false, faults);
    }
  }

  private static World beginning() {
    return new World(
        new Source(
            true,
            SourceOwnership.State.MOVING,
            List.of(),
            SourceOwnership.Recorded.NOTHING,
            false,
            false),
        new Destination(
            true,
            DestinationOwnership.State.EXPECTING,
            List.of(),
            DestinationOwnership.Recorded.NOTHING,
            false,
            false,
            false),
        EnumSet.noneOf(Message.class),
        true,
        0);
  }

  @Test
  void neverTwoNeverNoneWhateverFailsWhere() {
    Set<World> seen = new HashSet<>();
    ArrayDeque<World> next = new ArrayDeque<>();
    next.add(beginning());
    seen.add(beginning());
    int ends = 0;
    while (!next.isEmpty()) {
      World world = next.remove();
      check(world);
      ends += heal(world);
      for (World successor : successors(world)) {
        if (seen.add(successor)) {
          next.add(successor);
        }
      }
    }
    // The walk is worth something only if it goes far and ends on both sides.
    assertThat(seen.size()).isGreaterThan(1000);
    assertThat(ends).isBetween(seen.size() / 20, seen.size() * 19 / 20);
  }

  private static void check(World w) {
    if (w.source.canRun() && w.destination.thawed) {
      fail("two instances can run: %s", w);
    }
    if (w.destination.thawed && !w.destination.built) {
      fail("half an instance runs: %s", w);
    }
    if (w.source.killed && (w.destination.discarded || !w.destination.built)) {
      fail("the process is lost: %s", w);
    }
  }

  /** All that can happen next, faults included. */
  private static List<World> successors(World w) {
    List<World> all = new ArrayList<>(progress(w));
    if (w.faults < FAULTS) {
      World f = w.faulty();
      if (w.source.alive) {
        all.add(f.with(dead(w.source)).cut());
      }
      if (w.destination.alive) {
        all.add(f.with(dead(w.destination)).cut());
      }
      if (w.link) {
        all.add(f.cut());
      }
      if (idle(w.source) && undecided(w.source)) {
        all.add(tell(f, SourceOwnership.Event.FAILED));
      }
      if (idle(w.destination) && undecided(w.destination)) {
        all.add(tell(f, DestinationOwnership.Event.FAILED));
      }
      failedEffects(f, all);
    }
    return all;
  }

  /**
   * What happens without any new fault. A side takes the next event when it has performed all
   * effects of the last one.
   */
  private static List<World> progress(World w) {
    List<World> all = new ArrayList<>();
    boolean sourceIdle = w.source.alive && w.source.todo.isEmpty();
    boolean destinationIdle = w.destination.alive && w.destination.todo.isEmpty();
    if (!w.source.alive) {
      all.add(restartSource(w));
    } else if (!w.source.todo.isEmpty()) {
      all.addAll(performSource(w));
    }
    if (!w.destination.alive) {
      all.addAll(restartDestination(w));
    } else if (!w.destination.todo.isEmpty()) {
      all.addAll(performDestination(w));
    }
    if (w.link && destinationIdle && w.destination.state == DestinationOwnership.State.EXPECTING) {
      all.add(tell(w, DestinationOwnership.Event.BEGUN));
    }
    if (w.link
        && sourceIdle
        && w.source.state == SourceOwnership.State.MOVING
        && destinationIdle
        && w.destination.state == DestinationOwnership.State.BUILDING) {
      all.add(tell(w, SourceOwnership.Event.BEGUN));
    }
    for (Message message : w.flying) {
      boolean forSource = message.compareTo(Message.STATE) < 0;
      if (forSource ? sourceIdle : destinationIdle) {
        all.add(deliver(w.landed(message), message));
      }
    }
    if (!w.link) {
      if (sourceIdle && undecided(w.source)) {
        all.add(tell(w, SourceOwnership.Event.FAILED));
      }
      if (destinationIdle && undecided(w.destination)) {
        all.add(tell(w, DestinationOwnership.Event.FAILED));
      }
    }
    // Last, so that healing prefers the word that is on its way to asking once more.
    if (sourceIdle && destinationIdle) {
      if (w.destination.state == DestinationOwnership.State.PREPARED) {
        all.add(destinationAsks(w));
      }
      if (w.source.state == SourceOwnership.State.COMMITTED) {
        all.add(sourceAsks(w));
      }
    }
    return all;
  }

  private static boolean undecided(Source s) {
    return s.state == SourceOwnership.State.MOVING || s.state == SourceOwnership.State.LEAVING;
  }

  private static boolean undecided(Destination d) {
    return d.state == DestinationOwnership.State.EXPECTING
        || d.state == DestinationOwnership.State.BUILDING;
  }

  private static boolean idle(Source s) {
    return s.alive && s.todo.isEmpty();
  }

  private static boolean idle(Destination d) {
    return d.alive && d.todo.isEmpty();
  }

  private static World deliver(World w, Message message) {
    return switch (message) {
      case READY -> tell(w, SourceOwnership.Event.PEER_READY);
      case RESUMED -> tell(w, SourceOwnership.Event.PEER_RESUMED);
      case ABORT_FROM_DESTINATION -> tell(w, SourceOwnership.Event.FAILED);
      case STATE -> {
        Destination d = w.destination;
        yield d.state == DestinationOwnership.State.BUILDING
            ? tell(
                w.with(
                    new Destination(true, d.state, d.todo, d.record, true, d.thawed, d.discarded)),
                DestinationOwnership.Event.BUILT)
            : w;
      }
      case COMMIT -> tell(w, DestinationOwnership.Event.COMMIT);
      case ABORT_FROM_SOURCE -> tell(w, DestinationOwnership.Event.ABORT);
    };
  }

  private static World tell(World w, SourceOwnership.Event event) {
    if (!w.source.alive) {
      return w;
    }
    OwnershipStep<SourceOwnership.State, SourceOwnership.Effect> step =
        SourceOwnership.on(w.source.state, event);
    List<SourceOwnership.Effect> todo = new ArrayList<>(w.source.todo);
    todo.addAll(step.effects());
    Source s = w.source;
    World told =
        w.with(new Source(true, step.next(), List.copyOf(todo), s.record, s.sealed, s.killed));
    // Frozen and described: its state is on its way.
    return s.state == SourceOwnership.State.RECORDING
            && step.next() == SourceOwnership.State.LEAVING
        ? told.flying(Message.STATE)
        : told;
  }

  private static World tell(World w, DestinationOwnership.Event event) {
    if (!w.destination.alive) {
      return w;
    }
    OwnershipStep<DestinationOwnership.State, DestinationOwnership.Effect> step =
        DestinationOwnership.on(w.destination.state, event);
    List<DestinationOwnership.Effect> todo = new ArrayList<>(w.destination.todo);
    todo.addAll(step.effects());
    Destination d = w.destination;
    return w.with(
        new Destination(
            true, step.next(), List.copyOf(todo), d.record, d.built, d.thawed, d.discarded));
  }

  private static List<World> performSource(World w) {
    Source s = w.source;
    SourceOwnership.Effect effect = s.todo.getFirst();
    List<SourceOwnership.Effect> rest = s.todo.subList(1, s.todo.size());
    World done = w.with(new Source(true, s.state, rest, s.record, s.sealed, s.killed));
    return switch (effect) {
      case SEAL ->
          List.of(
              tell(
                  w.with(new Source(true, s.state, rest, s.record, true, s.killed)),
                  SourceOwnership.Event.SEALED));
      case RECORD_COMMITTING, RECORD_GONE, RECORD_KEPT, RECORD_AGAIN ->
          List.of(
              tell(
                  w.with(new Source(true, s.state, rest, recordOf(s), s.sealed, s.killed)),
                  SourceOwnership.Event.RECORDED));
      case SEND_COMMIT -> List.of(done.flying(Message.COMMIT));
      case TELL_ABORT -> List.of(done.flying(Message.ABORT_FROM_SOURCE));
      case KILL -> List.of(w.with(new Source(true, s.state, rest, s.record, s.sealed, true)));
      case UNDO -> List.of(w.with(new Source(true, s.state, rest, s.record, false, s.killed)));
      case INQUIRE -> List.of(done);
      case ANSWER_DENIED, ANSWER_COMMITTED, ANSWER_LATER ->
          throw new IllegalStateException("answers are given at once");
    };
  }

  private static SourceOwnership.Recorded recordOf(Source s) {
    return switch (s.state) {
      case RECORDING -> SourceOwnership.Recorded.COMMITTING;
      case FORGETTING -> SourceOwnership.Recorded.GONE;
      case KEEPING, CLEARING -> SourceOwnership.Recorded.NOTHING;
      default -> throw new IllegalStateException("nothing is written in " + s.state);
    };
  }

  private static World sourceAsks(World w) {
    Destination d = w.destination;
    OwnershipStep<DestinationOwnership.State, DestinationOwnership.Effect> step =
        DestinationOwnership.on(d.state, DestinationOwnership.Event.PEER_ASKS);
    List<DestinationOwnership.Effect> todo = new ArrayList<>(d.todo);
    SourceOwnership.Event answer = null;
    for (DestinationOwnership.Effect effect : step.effects()) {
      switch (effect) {
        case ANSWER_DENIED -> answer = SourceOwnership.Event.PEER_DENIES;
        case ANSWER_WAITING -> answer = SourceOwnership.Event.PEER_WAITS;
        case ANSWER_TAKEN -> answer = SourceOwnership.Event.PEER_HAS_IT;
        default -> todo.add(effect);
      }
    }
    World asked =
        w.with(
            new Destination(
                true, step.next(), List.copyOf(todo), d.record, d.built, d.thawed, d.discarded));
    if (answer == null) {
      throw new IllegalStateException("no answer in " + d.state);
    }
    return tell(asked, answer);
  }

  private static List<World> performDestination(World w) {
    Destination d = w.destination;
    DestinationOwnership.Effect effect = d.todo.getFirst();
    List<DestinationOwnership.Effect> rest = d.todo.subList(1, d.todo.size());
    World done =
        w.with(new Destination(true, d.state, rest, d.record, d.built, d.thawed, d.discarded));
    return switch (effect) {
      case RECORD_PREPARED, RECORD_RUNNING, RECORD_DISCARDED, RECORD_AGAIN ->
          List.of(
              tell(
                  w.with(
                      new Destination(
                          true, d.state, rest, recordOf(d), d.built, d.thawed, d.discarded)),
                  DestinationOwnership.Event.RECORDED));
      case SEND_READY -> List.of(done.flying(Message.READY));
      case SEND_RESUMED -> List.of(done.flying(Message.RESUMED));
      case TELL_ABORT -> List.of(done.flying(Message.ABORT_FROM_DESTINATION));
      case THAW ->
          List.of(
              w.with(new Destination(true, d.state, rest, d.record, d.built, true, d.discarded)));
      case DISCARD ->
          List.of(w.with(new Destination(true, d.state, rest, d.record, d.built, d.thawed, true)));
      case INQUIRE, STAGE_RUNNING, FORCE_RUNNING -> List.of(done);
      case ANSWER_DENIED, ANSWER_WAITING, ANSWER_TAKEN ->
          throw new IllegalStateException("answers are given at once");
    };
  }

  private static DestinationOwnership.Recorded recordOf(Destination d) {
    return switch (d.state) {
      case PREPARING -> DestinationOwnership.Recorded.PREPARED;
      case TAKING -> DestinationOwnership.Recorded.RUNNING;
      case DISCARDING -> DestinationOwnership.Recorded.NOTHING;
      default -> throw new IllegalStateException("nothing is written in " + d.state);
    };
  }

  private static World destinationAsks(World w) {
    Source s = w.source;
    OwnershipStep<SourceOwnership.State, SourceOwnership.Effect> step =
        SourceOwnership.on(s.state, SourceOwnership.Event.PEER_ASKS);
    List<SourceOwnership.Effect> todo = new ArrayList<>(s.todo);
    DestinationOwnership.Event answer = null;
    for (SourceOwnership.Effect effect : step.effects()) {
      switch (effect) {
        case ANSWER_DENIED -> answer = DestinationOwnership.Event.PEER_KEEPS;
        case ANSWER_COMMITTED -> answer = DestinationOwnership.Event.PEER_COMMITTED;
        case ANSWER_LATER -> throw new IllegalStateException("asked between two effects");
        default -> todo.add(effect);
      }
    }
    World asked =
        w.with(new Source(true, step.next(), List.copyOf(todo), s.record, s.sealed, s.killed));
    if (answer == null) {
      throw new IllegalStateException("no answer in " + s.state);
    }
    return tell(asked, answer);
  }

  /** Writes that fail, before and after the bytes reached the disk, and a seal that fails. */
  private static void failedEffects(World w, List<World> all) {
    Source s = w.source;
    if (s.alive && !s.todo.isEmpty()) {
      List<SourceOwnership.Effect> rest = s.todo.subList(1, s.todo.size());
      switch (s.todo.getFirst()) {
        case RECORD_COMMITTING, RECORD_GONE, RECORD_KEPT, RECORD_AGAIN -> {
          for (SourceOwnership.Recorded left : List.of(s.record, recordOf(s))) {
            all.add(
                tell(
                    w.with(new Source(true, s.state, rest, left, s.sealed, s.killed)),
                    SourceOwnership.Event.EFFECT_FAILED));
          }
        }
        case SEAL ->
            all.add(
                tell(
                    w.with(new Source(true, s.state, rest, s.record, s.sealed, s.killed)),
                    SourceOwnership.Event.EFFECT_FAILED));
        default -> {}
      }
    }
    Destination d = w.destination;
    if (d.alive && !d.todo.isEmpty()) {
      List<DestinationOwnership.Effect> rest = d.todo.subList(1, d.todo.size());
      switch (d.todo.getFirst()) {
        case RECORD_PREPARED, RECORD_RUNNING, RECORD_DISCARDED, RECORD_AGAIN -> {
          for (DestinationOwnership.Recorded left : List.of(d.record, recordOf(d))) {
            all.add(
                tell(
                    w.with(
                        new Destination(true, d.state, rest, left, d.built, d.thawed, d.discarded)),
                    DestinationOwnership.Event.EFFECT_FAILED));
          }
        }
        default -> {}
      }
    }
  }

  private static Source dead(Source s) {
    return new Source(false, s.state, List.of(), s.record, s.sealed, s.killed);
  }

  private static Destination dead(Destination d) {
    return new Destination(false, d.state, List.of(), d.record, d.built, d.thawed, d.discarded);
  }

  private static World restartSource(World w) {
    Source s = w.source;
    OwnershipStep<SourceOwnership.State, SourceOwnership.Effect> step =
        SourceOwnership.recover(s.record, s.sealed);
    return w.with(new Source(true, step.next(), step.effects(), s.record, s.sealed, s.killed));
  }

  /** Of an instance that was not complete something may be left or nothing. */
  private static List<World> restartDestination(World w) {
    Destination d = w.destination;
    List<World> found = new ArrayList<>();
    for (boolean present : d.built ? List.of(true) : List.of(true, false)) {
      OwnershipStep<DestinationOwnership.State, DestinationOwnership.Effect> step =
          DestinationOwnership.recover(d.record, present && !d.discarded);
      found.add(
          w.with(
              new Destination(
                  true, step.next(), step.effects(), d.record, d.built, d.thawed, d.discarded)));
    }
    return found;
  }

  /** Lets everything go on without further faults; 1 when the process ends at the destination. */
  private static int heal(World from) {
    World w = from;
    for (int i = 0; i < 200; i++) {
      check(w);
      List<World> next = progress(w);
      World moved = null;
      for (World candidate : next) {
        if (!candidate.equals(w)) {
          moved = candidate;
          break;
        }
      }
      if (moved == null) {
        break;
      }
      w = moved;
    }
    boolean here = w.source.canRun() && !w.destination.thawed;
    boolean there = w.source.killed && w.destination.thawed && !w.destination.discarded;
    if (here == there) {
      fail("not on exactly one node: from %s to %s", from, w);
    }
    return there ? 1 : 0;
  }
}
