package io.godwit.node.registry;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.PeerGrpc.PeerBlockingStub;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The registry as a node reaches it that does not vote: through any voter that answers, the one
 * that did last first.
 */
public final class RemoteRegistry implements Registry {
  private final Set<NodeId> voters;
  private final Calls calls;
  private volatile @Nullable NodeId last;

  /** How a voter is called. */
  public interface Calls {
    /** Calls that end after that time. Fails with {@link GodwitException} where there is no way. */
    PeerBlockingStub to(NodeId voter, Duration patience);
  }

  public RemoteRegistry(Set<NodeId> voters, Calls calls) {
    this.voters = voters;
    this.calls = calls;
  }

  @Override
  public RegistryOutcomes enter(RegistryBatch batch, Duration patience) {
    return ask(patience, stub -> stub.enter(batch), outcomes -> true);
  }

  @Override
  public RegistryAnswer consult(RegistryQuestion question) {
    // One that is cut off from the others knows less than they do.
    return ask(
        RegistryLimits.CONSULT,
        stub -> stub.consult(question),
        answer -> !answer.getLeader().isEmpty());
  }

  /** Asks one after the other; an answer that is not as good as hoped for is the last resort. */
  private <T> T ask(
      Duration patience, Function<PeerBlockingStub, T> call, Function<T, Boolean> good) {
    List<NodeId> order = new ArrayList<>(voters);
    NodeId before = last;
    if (before != null && order.remove(before)) {
      order.addFirst(before);
    }
    T answer = null;
    List<String> whys = new ArrayList<>();
    long end = System.nanoTime() + patience.toNanos();
    for (NodeId voter : order) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      try {
        T told = call.apply(calls.to(voter, Duration.ofNanos(left)));
        if (good.apply(told)) {
          last = voter;
          return told;
        }
        answer = answer == null ? told : answer;
      } catch (StatusRuntimeException failed) {
        whys.add(voter + ": " + WireFailure.fromStatus(failed, voter.name()).why());
      } catch (GodwitException failed) {
        whys.add(voter + ": " + failed.why());
      }
    }
    last = null;
    if (answer != null) {
      return answer;
    }
    throw new GodwitException(
        RegistryError.NO_MAJORITY,
        "asking the registry",
        "none of its voters " + voters + " decides; " + String.join("; ", whys),
        "nothing is lost: it goes on by itself when more voters can be reached");
  }

  /** Gives a deadline to calls. */
  public static PeerBlockingStub within(PeerBlockingStub stub, Duration patience) {
    return stub.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {}
}
