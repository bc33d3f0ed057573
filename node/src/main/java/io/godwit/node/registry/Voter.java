package io.godwit.node.registry;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in keeping the registry. It begins in the background and tries again until it can;
 * until then, and while no majority is there, it refuses.
 */
public final class Voter implements Registry {
  private static final Logger LOG = System.getLogger(Voter.class.getName());

  /** After that long without a word a voter counts as gone, unless something else is said. */
  public static final Duration SILENCE = Duration.ofSeconds(5);

  private static final long END_MILLIS = 10_000;

  private final Parts parts;
  private final RegistryState state = new RegistryState();
  private final Thread beginning;
  private volatile @Nullable RaftGroup group;
  private volatile String trouble = "it has just been started";
  private volatile boolean closing;

  /**
   * What a voter is made of.
   *
   * @param cluster the cluster's name
   * @param voters all of them, this one included
   * @param addresses where the voters that are known listen, unresolved; asked before each try to
   *     begin, since nodes become known one by one
   * @param tls what {@code VoterTls} says
   * @param directory for log and snapshots
   * @param silence a voter that says nothing for so long counts as gone
   * @param logBytes a snapshot takes the place of a log that is longer
   */
  public record Parts(
      NodeId self,
      String cluster,
      Set<NodeId> voters,
      Supplier<Map<NodeId, InetSocketAddress>> addresses,
      SSLContext tls,
      Path directory,
      Duration silence,
      long logBytes) {}

  public Voter(Parts parts) {
    this.parts = parts;
    this.beginning = Thread.ofPlatform().daemon().name("godwit-voter").unstarted(this::begin);
  }

  /** Begins to take part, in the background. */
  public void start() {
    beginning.start();
  }

  private void begin() {
    while (!closing) {
      try {
        join();
        return;
      } catch (InterruptedException stopping) {
        return;
      } catch (GodwitException notYet) {
        tell(notYet.why());
      } catch (Exception failed) { // whatever JGroups throws
        tell(String.valueOf(failed.getMessage()));
        LOG.log(Level.DEBUG, "the voter does not begin", failed);
      }
      try {
        Thread.sleep(RegistryLimits.BEGIN);
      } catch (InterruptedException stopping) {
        return;
      }
    }
  }

  private void tell(String why) {
    if (!why.equals(trouble)) {
      LOG.log(Level.INFO, "node {0} does not take part in the registry yet: {1}", parts.self, why);
      trouble = why;
    }
  }

  private void join() throws Exception {
    Map<NodeId, InetSocketAddress> found = new TreeMap<>();
    parts
        .addresses
        .get()
        .forEach(
            (node, address) -> {
              InetSocketAddress resolved =
                  new InetSocketAddress(address.getHostString(), address.getPort());
              if (!resolved.isUnresolved()) {
                found.put(node, resolved);
              }
            });
    InetSocketAddress own = found.remove(parts.self);
    if (own == null) {
      throw notReady("the address of this node cannot be resolved", "");
    }
    if (found.isEmpty()) {
      throw notReady("no other voter is known to this node", "");
    }
    for (InetSocketAddress other : found.values()) {
      if (own.getAddress().isLoopbackAddress() && !other.getAddress().isLoopbackAddress()) {
        throw notReady(
            "its own name resolves to "
                + own.getAddress().getHostAddress()
                + ", where nobody else"
                + " reaches it",
            "");
      }
    }
    state.clear(); // an earlier try may have read the log
    RaftGroup made = new RaftGroup(parts, own, found.values(), state);
    boolean joined = false;
    try {
      made.join();
      group = made;
      trouble = "";
      joined = true;
    } finally {
      if (!joined) {
        made.close();
      }
    }
    if (closing) {
      made.close();
    }
    LOG.log(Level.INFO, "node {0} takes part in the registry", parts.self);
  }

  private GodwitException notReady(String why, String more) {
    return new GodwitException(
        RegistryError.NOT_READY,
        "asking the registry on node " + parts.self,
        why + more,
        "see registry.voters in the node's configuration, and 'godwit nodes'");
  }

  @Override
  public RegistryOutcomes enter(RegistryBatch batch, Duration patience) {
    byte[] bytes = batch.toByteArray();
    if (bytes.length > RegistryLimits.BATCH_BYTES
        || batch.getUpdatesCount() > RegistryLimits.UPDATES) {
      throw new GodwitException(
          RegistryError.MALFORMED,
          "entering what " + batch.getUpdatesCount() + " updates say",
          "that is more than one entry holds",
          "send them one by one");
    }
    RaftGroup begun = group;
    if (begun == null || !trouble.isEmpty()) {
      throw notReady("it does not take part yet: ", trouble);
    }
    try {
      byte[] outcome = begun.enter(bytes).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (outcome == null) {
        throw noMajority("the leader gave no answer", null);
      }
      return RegistryOutcomes.parseFrom(outcome);
    } catch (TimeoutException late) {
      throw noMajority("no majority answered within " + patience.toMillis() + " ms", late);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw notReady("it stops", "");
    } catch (ExecutionException failed) {
      throw noMajority(why(failed.getCause()), failed);
    } catch (Exception failed) { // RaftLeaderException and others that JGroups throws
      throw noMajority(why(failed), failed);
    }
  }

  private static String why(@Nullable Throwable failed) {
    return failed == null ? "no reason was given" : String.valueOf(failed.getMessage());
  }

  private GodwitException noMajority(String why, @Nullable Exception cause) {
    RaftGroup begun = group;
    Set<String> reached = begun == null ? Set.of() : begun.reached();
    return new GodwitException(
        RegistryError.NO_MAJORITY,
        "asking the registry on node " + parts.self,
        "no majority of its voters "
            + parts.voters
            + " decides: "
            + why
            + "; it reaches "
            + reached,
        "nothing is lost: it goes on by itself when more voters can be reached",
        cause);
  }

  @Override
  public RegistryAnswer consult(RegistryQuestion question) {
    if (question.getNodesCount() > RegistryLimits.ASKED_NODES) {
      throw new GodwitException(
          RegistryError.MALFORMED,
          "asking the registry",
          question.getNodesCount() + " nodes are named",
          "name " + RegistryLimits.ASKED_NODES + " at most");
    }
    RegistryAnswer.Builder answer = RegistryAnswer.newBuilder().setVoter(parts.self.name());
    parts.voters.forEach(voter -> answer.addVoters(voter.name()));
    RaftGroup begun = group;
    String why = trouble;
    if (begun != null && why.isEmpty()) {
      begun.describe(answer);
    }
    if (state.isTooNew()) {
      why = "another voter runs a later release; install the same on all";
    }
    state.answer(question, answer.setTrouble(why));
    return answer.build();
  }

  RegistryState state() {
    return state;
  }

  @Nullable RaftGroup group() {
    return group;
  }

  @Override
  public void close() {
    closing = true;
    beginning.interrupt();
    RaftGroup begun = group;
    if (begun != null) {
      begun.close();
    }
    try {
      beginning.join(END_MILLIS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
