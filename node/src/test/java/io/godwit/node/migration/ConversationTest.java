package io.godwit.node.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeLimits;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.StallWatch;
import io.godwit.wire.WireError;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.Abort;
import io.godwit.wire.proto.Created;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.MigrationMessage.KindCase;
import io.godwit.wire.proto.Open;
import io.godwit.wire.proto.Progress;
import io.godwit.wire.proto.Refusal;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final NodeId BETA = new NodeId("beta");
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration NOW = Duration.ZERO;
  private static final MigrationMessage HERE =
      MigrationMessage.newBuilder().setProgress(Progress.getDefaultInstance()).build();
  private static final MigrationMessage CREATED =
      MigrationMessage.newBuilder().setCreated(Created.getDefaultInstance()).build();
  private static final MigrationMessage OPEN =
      MigrationMessage.newBuilder().setOpen(Open.getDefaultInstance()).build();

  /** Keeps what is said. */
  private static final class Listener implements StreamObserver<MigrationMessage> {
    final List<MigrationMessage> said = new CopyOnWriteArrayList<>();
    volatile boolean completed;

    @Override
    public void onNext(MigrationMessage message) {
      said.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      completed = true;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }

  private final List<NodeId> silent = new CopyOnWriteArrayList<>();
  private final Listener listener = new Listener();
  private final Conversation conversation = new Conversation(BETA, silent::add);

  private static long silence() {
    return System.nanoTime() + NodeLimits.SILENCE.plusSeconds(1).toNanos();
  }

  @Test
  void itSaysThatItIsThereUntilItIsOver() {
    assertThat(conversation.pulse(System.nanoTime())).as("before it begins").isTrue();
    conversation.begin(listener);
    assertThat(conversation.pulse(System.nanoTime())).isTrue();
    assertThat(listener.said).containsExactly(HERE);
    conversation.close();
    conversation.say(OPEN);
    assertThat(conversation.pulse(System.nanoTime())).isFalse();
    assertThat(listener.said).containsExactly(HERE);
    assertThat(listener.completed).isTrue();
  }

  @Test
  void pulsesAreNoAnswersAndNeverTooMany() throws Exception {
    conversation.begin(listener);
    for (int i = 0; i < 1000; i++) {
      conversation.onNext(HERE);
    }
    conversation.onNext(CREATED);
    assertThat(conversation.expect(KindCase.CREATED, SOON)).isEqualTo(CREATED);
    assertFails(WireError.TIMEOUT, () -> conversation.expect(KindCase.OPEN, NOW));
  }

  @Test
  void silenceBreaksIt() throws Exception {
    conversation.begin(listener);
    conversation.onNext(CREATED);
    assertThat(conversation.pulse(silence())).isFalse();
    assertThat(silent).containsExactly(BETA);
    assertThat(conversation.expect(KindCase.CREATED, NOW)).isEqualTo(CREATED);
    assertFails(WireError.CUT, () -> conversation.expect(KindCase.OPEN, SOON));
  }

  private static void assertFails(
      WireError code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void theLastWordIsHeardBehindWhatWasSaidBefore() throws Exception {
    conversation.begin(listener);
    conversation.onNext(OPEN);
    conversation.onNext(
        MigrationMessage.newBuilder()
            .setAbort(Abort.newBuilder().setError(Refusal.newBuilder().setWhy("it was killed")))
            .build());
    conversation.onCompleted();
    assertThat(conversation.end(SOON).why()).isEqualTo("it was killed");
    assertThat(conversation.end(SOON).code()).isEqualTo(WireError.CUT);
    assertThat(conversation.end(NOW)).isNull();
  }

  @Test
  void whoWaitsForPagesWaitsNoLongerThanItLasts() throws Exception {
    StallWatch watch = new StallWatch(WireLimits.STALL_TIME);
    try (PageServer server =
            PageServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                PageSecurity.none(watch),
                watch);
        PageServer.Session session = server.announce("m", false);
        PageChannel source = connect(server, session, watch);
        PageChannel destination = session.accept(SOON)) {
      conversation.begin(listener);
      conversation.carries(destination::close);
      CompletableFuture<PageChannel.Frame> waiting =
          CompletableFuture.supplyAsync(destination::receive);
      assertThat(conversation.pulse(silence())).isFalse();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> waiting.get(SOON.toSeconds(), TimeUnit.SECONDS))
          .withCauseInstanceOf(GodwitException.class);
      // One that comes too late is not waited for at all.
      conversation.carries(source::close);
      assertFails(WireError.CUT, source::receive);
    } finally {
      watch.close();
    }
  }

  private static PageChannel connect(
      PageServer server, PageServer.Session session, StallWatch watch) {
    return PageChannel.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
        "m",
        session.secret(),
        PageSecurity.none(watch));
  }
}
