package io.godwit.node.registry;

import io.godwit.core.GodwitException;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryOutcome;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import io.godwit.wire.proto.RegistryUpdate;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says to the registry what this node knows, whenever that has changed, and asks it what others do.
 * It compares instead of being told: nothing that happens to a process waits for it, and what could
 * not be said while no majority was there is said later, in its last form. Thread {@code
 * godwit-registry}.
 */
public final class RegistryScribe implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RegistryScribe.class.getName());
  private static final int BEATS_TO_CONSULT = 4;

  /** All is said again after so many looks, for a registry that has forgotten. */
  private static final int BEATS_TO_REPEAT = 600;

  private static final Duration LAST_WORD = Duration.ofMillis(500);
  private static final long END_MILLIS = 5000;

  private final Registry registry;
  private final Knowledge knowledge;
  private final Map<Object, RegistryUpdate> entered = new HashMap<>(); // of its thread
  private final Thread thread;
  private volatile boolean closing;
  private volatile @Nullable Heard heard;
  private volatile String trouble = "it has not been asked yet";

  /** What this node knows. */
  public interface Knowledge {
    /** What the registry should hold, at most one update for each {@link #key}. */
    List<RegistryUpdate> updates();

    RegistryQuestion question();

    /** What a voter has said. */
    void heard(RegistryAnswer answer);

    /** What is said when the daemon ends. */
    List<RegistryUpdate> farewell();
  }

  /** What a voter said, and when. */
  public record Heard(RegistryAnswer answer, long atNanos) {}

  public RegistryScribe(Registry registry, Knowledge knowledge) {
    this.registry = registry;
    this.knowledge = knowledge;
    this.thread = Thread.ofPlatform().daemon().name("godwit-registry").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** The last that was heard of the registry. */
  public Optional<Heard> heard() {
    return Optional.ofNullable(heard);
  }

  /** Why the registry was not reached lately, or did not decide; empty where it did. */
  public String trouble() {
    return trouble;
  }

  private void run() {
    for (int beat = 0; !closing; beat++) {
      Duration pause = RegistryLimits.BEAT;
      try {
        if (beat % BEATS_TO_REPEAT == 0) {
          entered.clear();
        }
        if (beat % BEATS_TO_CONSULT == 0 || !trouble.isEmpty()) {
          consult();
        }
        say();
        tell("");
      } catch (GodwitException silent) {
        tell(silent.why());
        pause = RegistryLimits.RETRY;
      } catch (RuntimeException defect) {
        LOG.log(Level.ERROR, "the registry's scribe goes on after a defect", defect);
        tell(defect.toString());
        pause = RegistryLimits.RETRY;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException stopping) {
        return;
      }
    }
  }

  private void tell(String why) {
    if (why.isEmpty() != trouble.isEmpty()) {
      LOG.log(
          Level.INFO,
          why.isEmpty() ? "the registry decides" : "the registry does not decide: {0}",
          why);
    }
    trouble = why;
  }

  private void consult() {
    RegistryAnswer answer = registry.consult(knowledge.question());
    heard = new Heard(answer, System.nanoTime());
    knowledge.heard(answer);
    if (!answer.getTrouble().isEmpty() || answer.getLeader().isEmpty()) {
      throw new GodwitException(
          RegistryError.NO_MAJORITY,
          "asking the registry",
          "voter "
              + answer.getVoter()
              + (answer.getTrouble().isEmpty()
                  ? " reaches only " + answer.getReachedList()
                  : ": " + answer.getTrouble()),
          "it goes on by itself when more voters can be reached");
    }
  }

  private void say() {
    Map<Object, RegistryUpdate> now = new HashMap<>();
    List<RegistryUpdate> fresh = new ArrayList<>();
    for (RegistryUpdate update : knowledge.updates()) {
      Object key = key(update);
      now.put(key, update);
      if (!update.equals(entered.get(key))) {
        fresh.add(update);
      }
    }
    entered.keySet().retainAll(now.keySet());
    for (int i = 0; i < fresh.size() && !closing; i += RegistryLimits.UPDATES) {
      List<RegistryUpdate> part =
          fresh.subList(i, Math.min(fresh.size(), i + RegistryLimits.UPDATES));
      RegistryOutcomes outcomes =
          registry.enter(RegistryRecords.batch(part), RegistryLimits.PATIENCE);
      if (outcomes.getOutcomesCount() != part.size()) {
        throw new GodwitException(
            RegistryError.MALFORMED,
            "entering what this node knows",
            "the registry answered " + outcomes.getOutcomesCount() + " of " + part.size(),
            "install the same release of Godwit on all nodes");
      }
      for (int j = 0; j < part.size(); j++) {
        if (settled(part.get(j), outcomes.getOutcomes(j))) {
          entered.put(key(part.get(j)), part.get(j));
        }
      }
    }
  }

  /** Whether there is no use in saying the same again. */
  private static boolean settled(RegistryUpdate said, RegistryOutcome outcome) {
    return switch (outcome.getKind()) {
      case DONE, MALFORMED -> true;
      // A checkpoint of a process whose owner has not said so yet.
      case STALE -> !said.hasCheckpointed() || outcome.hasProcess();
      case FULL, UNKNOWN, UNRECOGNIZED -> false;
    };
  }

  private record Key(String table, String home, String name) {}

  /** What an update is about. */
  private static Object key(RegistryUpdate update) {
    return switch (update.getKindCase()) {
      case OWNED -> new Key("process", update.getOwned().getHome(), update.getOwned().getName());
      case ENDED -> new Key("process", update.getEnded().getHome(), update.getEnded().getName());
      case FORGOTTEN ->
          new Key("process", update.getForgotten().getHome(), update.getForgotten().getName());
      case CHECKPOINTED ->
          new Key(
              "checkpoint", update.getCheckpointed().getHome(), update.getCheckpointed().getName());
      case NODE -> new Key("node", update.getNode().getNode(), "");
      case PROFILE, KIND_NOT_SET -> new Key("profile", "", "");
    };
  }

  /** Says that the daemon ends, where that is a matter of a moment. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(END_MILLIS);
      if (trouble.isEmpty() && heard != null) {
        var _ = registry.enter(RegistryRecords.batch(knowledge.farewell()), LAST_WORD);
      }
    } catch (GodwitException silent) {
      LOG.log(Level.DEBUG, "no farewell: {0}", silent.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    registry.close();
  }
}
