package io.godwit.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.node.jobs.LeaseBook.Answer;
import io.godwit.node.jobs.LeaseBook.Owners;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseBookTest {
  private static final NodeId HOME = new NodeId("home");
  private static final NodeId BETA = new NodeId("beta");
  private static final NodeId GAMMA = new NodeId("gamma");
  private static final Duration LEASE = Duration.ofSeconds(8);
  private static final long SECOND = 1_000_000_000L;
  private static final String POD = "job";

  /** What a node would keep on disk. */
  private static final class Memory implements Owners {
    final Map<String, Owner> owners = new HashMap<>();
    final Set<String> over = new HashSet<>();

    @Override
    public Optional<Owner> owner(String pod) {
      return Optional.ofNullable(owners.get(pod));
    }

    @Override
    public void owned(String pod, NodeId node, Epoch epoch) {
      owners.put(pod, new Owner(node, epoch));
    }

    @Override
    public boolean wanted(String pod) {
      return !over.contains(pod);
    }
  }

  private final Memory memory = new Memory();
  private final LeaseBook book = new LeaseBook(LEASE, memory);

  @BeforeEach
  void aJobThatRunsAtHome() {
    memory.owned(POD, HOME, new Epoch(3));
    book.ready();
  }

  private Answer claim(NodeId by, long epoch, long seconds) {
    return book.claim(POD, new Epoch(epoch), by, seconds * SECOND);
  }

  private boolean retake(long seconds) {
    return book.retake(POD, HOME, owner -> false, next -> true, seconds * SECOND);
  }

  @Test
  void whoTakesItOverUnderAHigherEpochIsGrantedAndRemembered() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    assertThat(memory.owners.get(POD).node()).isEqualTo(BETA);
    assertThat(claim(GAMMA, 5, 1)).isEqualTo(Answer.GRANTED);
    assertThat(claim(BETA, 4, 2)).isEqualTo(Answer.REVOKED);
    assertThat(claim(BETA, 5, 2)).isEqualTo(Answer.REVOKED);
  }

  @Test
  void itIsTakenBackOnlyWhenLeaseAndMarginAreOver() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    assertThat(retake(8)).isFalse();
    assertThat(retake(10)).isFalse();
    assertThat(claim(BETA, 4, 10)).isEqualTo(Answer.GRANTED);
    assertThat(retake(19)).isFalse();
    assertThat(retake(21)).isTrue();
    assertThat(memory.owners.get(POD)).isEqualTo(new Owners.Owner(HOME, new Epoch(5)));
  }

  @Test
  void whoComesBackAfterThatIsRevokedWhateverItDidMeanwhile() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    assertThat(retake(11)).isTrue();
    assertThat(claim(BETA, 4, 12)).isEqualTo(Answer.REVOKED);
    // It was on its way from beta to gamma when beta was cut off.
    assertThat(claim(GAMMA, 5, 12)).isEqualTo(Answer.REVOKED);
  }

  @Test
  void aHomeThatHasJustStartedGrantsNothingAndCountsFromNow() {
    LeaseBook fresh = new LeaseBook(LEASE, memory);
    memory.owned(POD, BETA, new Epoch(4));
    assertThat(fresh.claim(POD, new Epoch(4), BETA, 0)).isEqualTo(Answer.UNKNOWN);
    fresh.ready();
    fresh.away(POD, 5 * SECOND);
    assertThat(fresh.isOver(POD, 14 * SECOND)).isFalse();
    assertThat(fresh.claim("stranger", new Epoch(4), BETA, 0)).isEqualTo(Answer.UNKNOWN);
    assertThat(fresh.isOver(POD, 16 * SECOND)).isTrue();
    assertThat(fresh.silence("stranger", 0)).isEmpty();
  }

  @Test
  void whatIsOverMustNotRun() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    memory.over.add(POD);
    assertThat(claim(BETA, 4, 1)).isEqualTo(Answer.REVOKED);
  }

  @Test
  void aNodeThatSaysItIsGoneNeedsNoWaiting() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    book.gone(POD, 1 * SECOND);
    assertThat(retake(1)).isTrue();
  }

  @Test
  void whatIsStillHereIsNotTakenBack() {
    assertThat(book.retake(POD, HOME, owner -> false, next -> true, 0)).isFalse();
    assertThat(book.retake(POD, HOME, owner -> true, next -> true, 0)).isTrue();
    assertThat(memory.owners.get(POD).epoch()).isEqualTo(new Epoch(4));
  }

  @Test
  void theMarginIsAQuarterAndAtLeastASecond() {
    assertThat(LeaseBook.margin(Duration.ofSeconds(20))).isEqualTo(Duration.ofSeconds(5));
    assertThat(LeaseBook.margin(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void withoutTheArbitersWordItIsNotTakenBack() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    assertThat(book.retake(POD, HOME, owner -> false, next -> false, 1000 * SECOND)).isFalse();
    assertThatThrownBy(
            () ->
                book.retake(
                    POD,
                    HOME,
                    owner -> false,
                    next -> {
                      throw new IllegalStateException("no majority");
                    },
                    1000 * SECOND))
        .hasMessage("no majority");
    assertThat(memory.owners.get(POD).node()).isEqualTo(BETA);
    assertThat(claim(BETA, 4, 1001)).isEqualTo(Answer.GRANTED);
  }

  @Test
  void nobodyIsGrantedItWhileTheArbiterIsAsked() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    boolean taken =
        book.retake(
            POD,
            HOME,
            owner -> false,
            next -> {
              assertThat(next.epoch()).isEqualTo(new Epoch(5));
              assertThat(claim(BETA, 4, 1000)).isEqualTo(Answer.UNKNOWN);
              return true;
            },
            1000 * SECOND);
    assertThat(taken).isTrue();
    assertThat(claim(BETA, 4, 1001)).isEqualTo(Answer.REVOKED);
  }

  @Test
  void anOwnerThatOnlyTheArbiterKnewGetsTheTimeOfALease() {
    assertThat(claim(BETA, 4, 0)).isEqualTo(Answer.GRANTED);
    book.overtaken(POD, GAMMA, new Epoch(5), 1000 * SECOND);
    assertThat(retake(1001)).isFalse();
    assertThat(claim(GAMMA, 5, 1001)).isEqualTo(Answer.GRANTED);
    book.overtaken(POD, BETA, new Epoch(4), 1002 * SECOND);
    assertThat(memory.owners.get(POD).node()).isEqualTo(GAMMA);
  }
}
