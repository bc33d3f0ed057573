package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Nothing is spread; who wants to move a process asks a few nodes at that moment (Mach's
 * negotiation, survey table 6). Knowledge is as fresh as one exchange and costs nothing while
 * nothing is to be decided.
 */
public final class Negotiated implements Dissemination {
  /**
   * How to ask.
   *
   * @param maxAgeNanos answers are used for this long
   * @param timeoutNanos those who have not answered by then are not waited for
   */
  public record Options(long maxAgeNanos, long timeoutNanos) {
    /** Answers hold for a second, and are waited for a fifth of one. */
    public static final Options DEFAULT = new Options(1_000_000_000L, 200_000_000L);

    public Options {
      if (maxAgeNanos <= 0 || timeoutNanos <= 0) {
        throw new IllegalArgumentException("not a way to negotiate: timeout " + timeoutNanos);
      }
    }
  }

  private static final List<LoadEffect> NOTHING = List.of();

  private final NodeId self;
  private final Options options;
  private final RandomGenerator random;
  private final Map<NodeId, LoadRecord> answers = new TreeMap<>();
  private List<NodeId> others = List.of();
  private @Nullable LoadRecord own;
  private long sequence;
  private long wakeNanos = Long.MAX_VALUE;
  private int awaited;

  /** See {@link Gossip} for the parameters. */
  public Negotiated(NodeId self, Options options, RandomGenerator random, long firstSequence) {
    this.self = self;
    this.options = options;
    this.random = random;
    this.sequence = firstSequence;
  }

  @Override
  public List<LoadEffect> on(LoadEvent event, long nowNanos) {
    List<LoadEffect> effects = new ArrayList<>(4);
    switch (event) {
      case LoadEvent.Tick tick -> {
        if (nowNanos >= wakeNanos) {
          ready(effects);
        }
      }
      case LoadEvent.Collected(NodeLoad load) ->
          own = new LoadRecord(self, load, ++sequence, nowNanos);
      case LoadEvent.Members(List<NodeId> members) -> {
        others = members.stream().filter(node -> !node.equals(self)).toList();
        answers.keySet().retainAll(others);
      }
      case LoadEvent.Suspected(NodeId node) -> answers.remove(node);
      case LoadEvent.Wanted(int candidates) -> ask(candidates, nowNanos, effects);
      case LoadEvent.Received(LoadMessage.Query query) -> {
        LoadRecord mine = own;
        if (mine != null) {
          effects.add(
              new LoadEffect.Send(
                  query.from(), new LoadMessage.Answer(self, nowNanos, List.of(mine))));
        }
      }
      case LoadEvent.Received(LoadMessage.Answer answer) -> answered(answer, nowNanos, effects);
      case LoadEvent.Received other -> {}
    }
    return effects.isEmpty() ? NOTHING : effects;
  }

  private void ask(int candidates, long nowNanos, List<LoadEffect> effects) {
    if (awaited > 0) {
      return;
    }
    List<NodeId> left = new ArrayList<>(others);
    while (!left.isEmpty() && awaited < candidates) {
      int at = random.nextInt(left.size());
      effects.add(new LoadEffect.Send(left.get(at), new LoadMessage.Query(self, nowNanos, 1)));
      left.set(at, left.getLast());
      left.removeLast();
      awaited++;
    }
    if (awaited == 0) {
      effects.add(LoadEffect.ViewReady.READY);
    } else {
      wakeNanos = nowNanos + options.timeoutNanos();
    }
  }

  private void answered(LoadMessage.Answer answer, long nowNanos, List<LoadEffect> effects) {
    long shift = nowNanos - answer.sentNanos();
    for (LoadRecord record : answer.records()) {
      if (!record.node().equals(self)) {
        // The sender read its load when it answered, so the record is as old as its content says.
        answers.put(record.node(), record.shiftedBy(shift));
      }
    }
    if (awaited > 0 && --awaited == 0) {
      ready(effects);
    }
  }

  private void ready(List<LoadEffect> effects) {
    awaited = 0;
    wakeNanos = Long.MAX_VALUE;
    effects.add(LoadEffect.ViewReady.READY);
  }

  @Override
  public long wakeNanos() {
    return wakeNanos;
  }

  @Override
  public List<LoadRecord> records(long nowNanos) {
    return answers.values().stream()
        .filter(record -> record.ageNanos(nowNanos) <= options.maxAgeNanos())
        .sorted(Comparator.comparingLong(LoadRecord::takenNanos).reversed())
        .toList();
  }

  @Override
  public @Nullable LoadRecord find(NodeId node) {
    return answers.get(node);
  }

  @Override
  public List<NodeId> others() {
    return others;
  }
}
