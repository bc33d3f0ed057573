package io.godwit.node.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.NodeRecord;
import io.godwit.wire.proto.ProcessRecord;
import io.godwit.wire.proto.ProfileRecord;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcome;
import io.godwit.wire.proto.RegistryOutcome.Kind;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import io.godwit.wire.proto.RegistrySnapshot;
import io.godwit.wire.proto.RegistryUpdate;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistryStateTest {
  private final RegistryState state = new RegistryState();

  private RegistryOutcome apply(RegistryUpdate update) {
    return apply(Updates.batch(update)).getOutcomes(0);
  }

  private RegistryOutcomes apply(RegistryBatch batch) {
    byte[] bytes = batch.toByteArray();
    return state.apply(bytes, 0, bytes.length);
  }

  private Kind own(long epoch, String node) {
    return apply(Updates.owned("alpha", "job", epoch, node)).getKind();
  }

  private Kind end(long epoch, String node, long started) {
    return apply(
            RegistryUpdate.newBuilder()
                .setEnded(
                    Updates.process("alpha", "job", epoch, node).toBuilder()
                        .setStartedMillis(started)
                        .setWaitStatus(256))
                .build())
        .getKind();
  }

  private ProcessRecord known() {
    return state.find("alpha", "job").orElseThrow();
  }

  @Test
  void aHigherEpochTakesThePlaceOfALowerOneAndNeverTheOtherWayRound() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    assertThat(own(1, "alpha")).isEqualTo(Kind.STALE);
    assertThat(own(4, "gamma")).isEqualTo(Kind.DONE);
    assertThat(own(3, "beta")).isEqualTo(Kind.STALE);
    assertThat(known().getEpoch()).isEqualTo(4);
    assertThat(known().getNode()).isEqualTo("gamma");
  }

  @Test
  void ofTwoThatClaimOneEpochTheFirstHasItAndMaySaySoTwice() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    RegistryOutcome second = apply(Updates.owned("alpha", "job", 2, "gamma"));
    assertThat(second.getKind()).isEqualTo(Kind.STALE);
    assertThat(second.getProcess().getNode()).isEqualTo("beta");
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
  }

  @Test
  void processesOfOneNameAndTwoHomesAreTwo() {
    assertThat(own(5, "beta")).isEqualTo(Kind.DONE);
    assertThat(apply(Updates.owned("beta", "job", 1, "beta")).getKind()).isEqualTo(Kind.DONE);
    assertThat(known().getEpoch()).isEqualTo(5);
  }

  @Test
  void anEndIsForOneOwnerAndAnotherProcessOfThatNameMayBeginAnew() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    assertThat(end(1, "alpha", 1)).isEqualTo(Kind.STALE);
    assertThat(end(2, "gamma", 1)).isEqualTo(Kind.STALE);
    assertThat(end(2, "beta", 1)).isEqualTo(Kind.DONE);
    assertThat(known().getEnded()).isTrue();
    assertThat(known().getWaitStatus()).isEqualTo(256);
    assertThat(own(2, "beta")).isEqualTo(Kind.STALE); // a word that was late
    assertThat(own(3, "alpha")).isEqualTo(Kind.DONE); // its home restarts it
    assertThat(end(3, "alpha", 1)).isEqualTo(Kind.DONE);
    RegistryUpdate anew =
        RegistryUpdate.newBuilder()
            .setOwned(Updates.process("alpha", "job", 1, "alpha").toBuilder().setStartedMillis(9))
            .build();
    assertThat(apply(anew).getKind()).isEqualTo(Kind.DONE);
    assertThat(known().getEnded()).isFalse();
    assertThat(known().getEpoch()).isEqualTo(1);
  }

  @Test
  void theEndOfAnOwnerThatWasNeverToldCounts() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    assertThat(end(4, "alpha", 7)).isEqualTo(Kind.DONE);
    assertThat(known().getEnded()).isTrue();
    assertThat(known().getNode()).isEqualTo("alpha");
  }

  private Kind checkpoint(String directory, long millis) {
    return apply(
            RegistryUpdate.newBuilder()
                .setCheckpointed(
                    Updates.process("alpha", "job", 1, "alpha").toBuilder()
                        .setCheckpoint(directory)
                        .setCheckpointMillis(millis))
                .build())
        .getKind();
  }

  @Test
  void theLastCheckpointStaysWithItsProcess() {
    assertThat(checkpoint("alpha/1/1", 5)).isEqualTo(Kind.STALE);
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    assertThat(checkpoint("alpha/1/2", 6)).isEqualTo(Kind.DONE);
    assertThat(checkpoint("alpha/1/1", 5)).isEqualTo(Kind.STALE);
    assertThat(own(3, "gamma")).isEqualTo(Kind.DONE);
    assertThat(known().getCheckpoint()).isEqualTo("alpha/1/2");
    assertThat(checkpoint("../../etc", 7)).isEqualTo(Kind.MALFORMED);
  }

  @Test
  void nodesAndTheProfileKeepTheirLatestVersion() {
    assertThat(node("beta", 2, NodeRecord.State.DRAINING)).isEqualTo(Kind.DONE);
    assertThat(node("beta", 1, NodeRecord.State.READY)).isEqualTo(Kind.STALE);
    assertThat(profile("mosix", 2)).isEqualTo(Kind.DONE);
    assertThat(profile("sprite", 1)).isEqualTo(Kind.STALE);
    assertThat(profile("mosix", 2)).isEqualTo(Kind.DONE);
    RegistryAnswer.Builder answer = RegistryAnswer.newBuilder();
    state.answer(RegistryQuestion.newBuilder().setProfileVersion(1).build(), answer);
    assertThat(answer.getNodesList())
        .singleElement()
        .satisfies(each -> assertThat(each.getState()).isEqualTo(NodeRecord.State.DRAINING));
    assertThat(answer.getProfile().getName()).isEqualTo("mosix");
  }

  private Kind node(String node, long version, NodeRecord.State said) {
    return apply(
            RegistryUpdate.newBuilder()
                .setNode(NodeRecord.newBuilder().setNode(node).setVersion(version).setState(said))
                .build())
        .getKind();
  }

  private Kind profile(String name, long version) {
    return apply(
            RegistryUpdate.newBuilder()
                .setProfile(
                    ProfileRecord.newBuilder().setName(name).setVersion(version).setText("x"))
                .build())
        .getKind();
  }

  @Test
  void whatIsOnSilentNodesOrBeganThereIsTold() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    for (String node : new String[] {"alpha", "beta", "gamma"}) {
      RegistryAnswer.Builder answer = RegistryAnswer.newBuilder();
      state.answer(RegistryQuestion.newBuilder().addNodes(node).build(), answer);
      assertThat(answer.getAskedCount()).as(node).isEqualTo(node.equals("gamma") ? 0 : 1);
      assertThat(answer.getProcesses()).isEqualTo(1);
    }
  }

  @Test
  void aSnapshotHoldsAllOfIt() {
    for (int i = 1; i <= 100; i++) {
      assertThat(apply(Updates.owned("alpha", "p" + i, i, "beta")).getKind()).isEqualTo(Kind.DONE);
    }
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    assertThat(end(2, "beta", 1)).isEqualTo(Kind.DONE);
    assertThat(node("beta", 2, NodeRecord.State.READY)).isEqualTo(Kind.DONE);
    assertThat(profile("mosix", 2)).isEqualTo(Kind.DONE);
    RegistryState copy = new RegistryState();
    copy.restore(state.snapshot());
    assertThat(copy.snapshot()).isEqualTo(state.snapshot());
    byte[] next = Updates.batch(Updates.owned("alpha", "job", 3, "gamma")).toByteArray();
    assertThat(copy.apply(next, 0, next.length)).isEqualTo(state.apply(next, 0, next.length));
    assertThat(copy.snapshot()).isEqualTo(state.snapshot());
  }

  @Test
  void itHasBounds() {
    for (int i = 0; i < RegistryLimits.RUNNING; i++) {
      assertThat(apply(Updates.owned("alpha", "p" + i, 1, "beta")).getKind()).isEqualTo(Kind.DONE);
    }
    assertThat(own(1, "beta")).isEqualTo(Kind.FULL);
    for (int i = 0; i <= RegistryLimits.ENDED; i++) {
      RegistryUpdate end =
          RegistryUpdate.newBuilder()
              .setEnded(Updates.process("alpha", "p" + i, 1, "beta"))
              .build();
      assertThat(apply(end).getKind()).isEqualTo(Kind.DONE);
    }
    assertThat(state.find("alpha", "p0")).isEmpty();
    assertThat(state.find("alpha", "p1")).isPresent();
    assertThat(own(1, "beta")).isEqualTo(Kind.DONE);
    assertThat(state.snapshot().length).isLessThan(RegistryLimits.SNAPSHOT_BYTES);
  }

  @Test
  void hostileEntriesChangeNothing() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    byte[] before = state.snapshot();
    RegistryBatch large =
        RegistryBatch.newBuilder()
            .setVersion(1)
            .addAllUpdates(
                java.util.Collections.nCopies(
                    RegistryLimits.UPDATES + 1, Updates.owned("alpha", "job", 9, "beta")))
            .build();
    assertThat(apply(large).getOutcomes(0).getKind()).isEqualTo(Kind.MALFORMED);
    for (ProcessRecord bad :
        new ProcessRecord[] {
          Updates.process("", "job", 3, "beta"),
          Updates.process("alpha", "../job", 3, "beta"),
          Updates.process("alpha", "job", 0, "beta"),
          Updates.process("alpha", "job", -1, "beta"),
          Updates.process("alpha", "job", 3, "b e t a"),
          Updates.process("alpha", "job", 3, "beta").toBuilder()
              .setCommand("x".repeat(RegistryLimits.COMMAND + 1))
              .build()
        }) {
      assertThat(apply(RegistryUpdate.newBuilder().setOwned(bad).build()).getKind())
          .isEqualTo(Kind.MALFORMED);
    }
    Random random = new Random(4);
    byte[] good = Updates.batch(Updates.owned("alpha", "other", 3, "gamma")).toByteArray();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int j = 0; j <= random.nextInt(4); j++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(bytes.length + 1);
      assertThat(state.apply(bytes, 0, length)).isNotNull();
    }
    assertThat(known().getEpoch()).isGreaterThanOrEqualTo(2);
    RegistryState fresh = new RegistryState();
    fresh.restore(before);
    assertThat(fresh.find("alpha", "job").orElseThrow().getEpoch()).isEqualTo(2);
  }

  @Test
  void hostileSnapshotsAreRefusedAndChangeNothing() {
    assertThat(own(2, "beta")).isEqualTo(Kind.DONE);
    byte[] good = state.snapshot();
    RegistrySnapshot.Builder twice = RegistrySnapshot.newBuilder().setVersion(1);
    twice.addProcesses(known()).addProcesses(known());
    for (byte[] bad :
        new byte[][] {
          {1, 2, 3},
          {},
          Arrays.copyOf(good, good.length - 3),
          twice.build().toByteArray(),
          RegistrySnapshot.newBuilder().setVersion(2).build().toByteArray(),
          RegistrySnapshot.newBuilder()
              .setVersion(1)
              .addProcesses(Updates.process("alpha", "/", 1, "beta"))
              .build()
              .toByteArray()
        }) {
      assertThatExceptionOfType(GodwitException.class).isThrownBy(() -> state.restore(bad));
      assertThat(state.snapshot()).isEqualTo(good);
    }
  }

  @Test
  void anEntryByLaterRulesStopsItInsteadOfLeadingItAstray() {
    RegistryBatch later =
        Updates.batch(Updates.owned("alpha", "job", 1, "beta")).toBuilder().setVersion(2).build();
    assertThat(apply(later).getOutcomes(0).getKind()).isEqualTo(Kind.UNKNOWN);
    assertThat(state.isTooNew()).isTrue();
    assertThat(own(2, "beta")).isEqualTo(Kind.UNKNOWN);
    assertThat(state.find("alpha", "job")).isEmpty();
  }

  @Test
  void aNodeSpeaksForItselfAndForTheProcessesOfItsHome() {
    NodeId beta = new NodeId("beta");
    assertThat(RegistryRecords.may(beta, Updates.owned("alpha", "job", 1, "beta"))).isTrue();
    assertThat(RegistryRecords.may(beta, Updates.owned("beta", "job", 1, "gamma"))).isFalse();
    ProcessRecord ofAlpha = Updates.process("alpha", "job", 1, "gamma");
    for (RegistryUpdate not :
        new RegistryUpdate[] {
          RegistryUpdate.newBuilder().setEnded(ofAlpha).build(),
          RegistryUpdate.newBuilder().setCheckpointed(ofAlpha).build(),
          RegistryUpdate.newBuilder().setForgotten(ofAlpha).build(),
          RegistryUpdate.newBuilder().setNode(NodeRecord.newBuilder().setNode("gamma")).build(),
          RegistryUpdate.getDefaultInstance()
        }) {
      assertThat(RegistryRecords.may(beta, not)).isFalse();
    }
  }
}
