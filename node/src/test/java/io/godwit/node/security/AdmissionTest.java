package io.godwit.node.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.ErrorCode;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.StateDirectory;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.PeerLoops;
import io.godwit.wire.PeerServer;
import io.godwit.wire.WireError;
import io.godwit.wire.proto.HelloReply;
import io.godwit.wire.proto.HelloRequest;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.PeerGrpc;
import io.grpc.stub.StreamObserver;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private final PeerLoops loops = PeerLoops.ofNode();
  private static final NodeId ALPHA = new NodeId("alpha");
  private static final NodeId BETA = new NodeId("beta");

  @TempDir Path directory;
  private PeerServer server;
  private ClusterAdmission founder;
  private NodeIdentity alpha;
  private InstantSource founderClock = InstantSource.system();

  @BeforeEach
  void found() {
    founderClock = InstantSource.system();
    start();
  }

  private void start() {
    StateDirectory state = StateDirectory.open(directory.resolve("alpha"));
    InstantSource clock = () -> founderClock.instant();
    founder = new ClusterAdmission(state, clock);
    alpha =
        new IdentityFiles(state).present()
            ? new IdentityFiles(state).load()
            : founder.init("test", ALPHA, "127.0.0.1:1");
    Membership members = new Membership(state.members());
    server =
        PeerServer.start(
            ANY, alpha, clock, List.of(founder.service(ALPHA, members), new Greeter(clock)));
  }

  @AfterEach
  void stop() {
    server.close();
    loops.close();
  }

  private ClusterAdmission newcomer(String name, InstantSource clock) {
    return new ClusterAdmission(StateDirectory.open(directory.resolve(name)), clock);
  }

  private NodeIdentity join(String name, JoinToken token) {
    return newcomer(name, InstantSource.system())
        .join(server.address(), token, new NodeId(name), "127.0.0.1:2");
  }

  @Test
  void aTokenAdmitsOneNodeAndNoSecond() {
    JoinToken token = founder.token(Duration.ofMinutes(1), "127.0.0.1:1");
    JoinToken copied = JoinToken.parse(token.text());
    assertThat(copied).isEqualTo(token);
    NodeIdentity beta = join("beta", copied);
    assertThat(beta.node()).isEqualTo(BETA);
    assertThat(beta.cluster()).isEqualTo("test");
    try (PeerConnection connection = greet(beta, ALPHA, InstantSource.system())) {
      assertThat(connection.description().getNode()).isEqualTo("alpha");
    }
    assertFails(NodeError.TOKEN_USED, () -> join("gamma", token));
    // The mark survives the daemon.
    server.close();
    start();
    assertFails(NodeError.TOKEN_USED, () -> join("gamma", token));
  }

  @Test
  void expiredUnknownAndAlteredTokensAreRefused() {
    JoinToken token = founder.token(Duration.ofSeconds(30), "127.0.0.1:1");
    byte[] otherSecret = token.secret().clone();
    otherSecret[0] ^= 1;
    assertFails(
        NodeError.TOKEN_UNKNOWN,
        () ->
            join(
                "beta",
                new JoinToken(
                    token.id(),
                    otherSecret,
                    token.authorityFingerprint(),
                    token.expires(),
                    token.address())));
    assertFails(
        NodeError.TOKEN_UNKNOWN,
        () ->
            join(
                "beta",
                new JoinToken(
                    new byte[16],
                    token.secret(),
                    token.authorityFingerprint(),
                    token.expires(),
                    token.address())));
    Instant later = Instant.now().plusSeconds(31);
    founderClock = () -> later;
    assertFails(NodeError.TOKEN_EXPIRED, () -> join("beta", token));
    String text = token.text();
    for (int i = 8; i < text.length() - 1; i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String altered = text.substring(0, i) + other + text.substring(i + 1);
      assertFails(NodeError.TOKEN_MALFORMED, () -> JoinToken.parse(altered));
    }
  }

  @Test
  void aTakenNameIsRefusedAndTheTokenStaysGood() {
    JoinToken token = founder.token(Duration.ofMinutes(1), "127.0.0.1:1");
    assertFails(
        NodeError.NAME_TAKEN,
        () ->
            newcomer("second", InstantSource.system())
                .join(server.address(), token, ALPHA, "127.0.0.1:2"));
    assertThat(join("beta", token).node()).isEqualTo(BETA);
  }

  @Test
  void aNewcomerRefusesAnotherClusterThanTheTokenNames() {
    ClusterAdmission other = newcomer("other", InstantSource.system());
    other.init("other", new NodeId("other"), "127.0.0.1:9");
    JoinToken token = other.token(Duration.ofMinutes(1), "127.0.0.1:9");
    assertFails(WireError.STRANGER, () -> join("beta", token));
  }

  @Test
  void strangersAreRefused() {
    ClusterAdmission other = newcomer("other", InstantSource.system());
    NodeIdentity stranger = other.init("test", new NodeId("other"), "127.0.0.1:9");
    assertFails(WireError.STRANGER, () -> greet(stranger, null, InstantSource.system()));
    // A stranger that knows the authority's certificate but has no certificate from it.
    NodeIdentity forged =
        new NodeIdentity(stranger.key(), stranger.certificate(), alpha.authority());
    assertFails(WireError.STRANGER, () -> greet(forged, null, InstantSource.system()));
  }

  @Test
  void theWrongNodeAtAnAddressIsRefused() {
    assertFails(WireError.STRANGER, () -> greet(alpha, BETA, InstantSource.system()));
  }

  @Test
  void aClockThatIsOffIsNamedTogetherWithTheOther() {
    NodeIdentity beta = join("beta", founder.token(Duration.ofMinutes(1), "127.0.0.1:1"));
    Instant wrong = Instant.parse("2001-02-03T04:05:06Z");
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> greet(beta, ALPHA, () -> wrong))
        .satisfies(
            e -> {
              assertThat(e.code().code()).isEqualTo(WireError.CLOCK_SKEW.code());
              assertThat(e.why()).contains("2001-02-03T04:05:06Z");
              assertThat(e.why()).contains(Instant.now().toString().substring(0, 13));
            });
    founderClock = () -> wrong;
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> greet(beta, ALPHA, InstantSource.system()))
        .satisfies(
            e -> {
              assertThat(e.code().code()).isEqualTo(WireError.CLOCK_SKEW.code());
              assertThat(e.why()).contains("2001-02-03T04:05:06Z");
            });
    founderClock = InstantSource.system();
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(
            () ->
                newcomer("gamma", () -> wrong)
                    .join(
                        server.address(),
                        founder.token(Duration.ofMinutes(1), "127.0.0.1:1"),
                        new NodeId("gamma"),
                        "127.0.0.1:3"))
        .satisfies(e -> assertThat(e.code().code()).isEqualTo(WireError.CLOCK_SKEW.code()));
  }

  @Test
  void garbageOnThePortLeavesTheServerAlive() throws Exception {
    byte[] garbage = new byte[100_000];
    new java.util.Random(7).nextBytes(garbage);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        OutputStream out = socket.getOutputStream()) {
      socket.setSoTimeout(10_000);
      try {
        out.write(garbage);
        out.flush();
        assertThat(socket.getInputStream().readAllBytes().length).isLessThan(1000);
      } catch (java.net.SocketException cut) {
        assertThat(cut).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
      }
    }
    try (PeerConnection connection = greet(alpha, ALPHA, InstantSource.system())) {
      assertThat(connection.version()).isEqualTo(1);
    }
  }

  @Test
  void aNodeEntersOneClusterOnly() {
    assertFails(NodeError.ALREADY_INITIALIZED, () -> founder.init("again", ALPHA, "127.0.0.1:1"));
    join("beta", founder.token(Duration.ofMinutes(1), "127.0.0.1:1"));
    assertFails(
        NodeError.ALREADY_INITIALIZED,
        () -> join("beta", founder.token(Duration.ofMinutes(1), "127.0.0.1:1")));
    assertFails(
        NodeError.NO_AUTHORITY,
        () -> newcomer("beta", InstantSource.system()).token(Duration.ofMinutes(1), "x:1"));
  }

  private PeerConnection greet(NodeIdentity identity, NodeId expected, InstantSource clock) {
    return PeerConnection.open(
        server.address(),
        expected,
        identity,
        NodeDescription.newBuilder().setNode(identity.node().name()).build(),
        clock,
        loops);
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code().code()).as(e.getMessage()).isEqualTo(code.code()));
  }

  /** Answers greetings as alpha. */
  private static final class Greeter extends PeerGrpc.PeerImplBase {
    private final InstantSource clock;

    Greeter(InstantSource clock) {
      this.clock = clock;
    }

    @Override
    public void hello(HelloRequest request, StreamObserver<HelloReply> out) {
      out.onNext(
          HelloReply.newBuilder()
              .setVersion(1)
              .setClockMillis(clock.millis())
              .setNode(NodeDescription.newBuilder().setNode("alpha"))
              .build());
      out.onCompleted();
    }
  }
}
