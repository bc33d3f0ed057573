package io.godwit.node.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.security.CertificateAuthority;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.VoterTls;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryOutcome;
import io.godwit.wire.proto.RegistryQuestion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three voters in one JVM, on loopback, under the certificates of one cluster. */
@Timeout(90)
class VoterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final NodeId ALPHA = new NodeId("alpha");
  private static final NodeId BETA = new NodeId("beta");
  private static final NodeId GAMMA = new NodeId("gamma");
  private static final Set<NodeId> ALL = new TreeSet<>(Set.of(ALPHA, BETA, GAMMA));

  @TempDir private Path directory;
  private final CertificateAuthority authority =
      CertificateAuthority.create("flock", Instant.now());
  private final Map<NodeId, InetSocketAddress> addresses = new TreeMap<>();
  private final Map<NodeId, Voter> voters = new TreeMap<>();

  @BeforeEach
  void begin() throws IOException {
    for (NodeId each : ALL) {
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        addresses.put(
            each, new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort()));
      }
    }
    ALL.forEach(this::start);
    await("all take part", () -> voters.values().stream().allMatch(v -> reached(v) == 3));
    await("there is a leader", () -> leader() != null);
  }

  @AfterEach
  void end() {
    voters.values().forEach(Voter::close);
  }

  private void start(NodeId self) {
    Voter voter =
        new Voter(
            new Voter.Parts(
                self,
                "flock",
                ALL,
                () -> addresses,
                tls(self, ALL),
                directory.resolve(self.name()),
                Duration.ofSeconds(1),
                1 << 20));
    voters.put(self, voter);
    voter.start();
  }

  private SSLContext tls(NodeId self, Set<NodeId> trusted) {
    KeyPair keys = CertificateAuthority.newKeys();
    return VoterTls.among(
        trusted,
        new NodeIdentity(
            keys.getPrivate(),
            authority.issue(self, keys.getPublic(), Instant.now()),
            authority.certificate()));
  }

  private static RegistryAnswer view(Voter voter) {
    return voter.consult(RegistryQuestion.getDefaultInstance());
  }

  private static int reached(Voter voter) {
    return view(voter).getReachedCount();
  }

  /** The leader that a majority agrees on. */
  private NodeId leader() {
    for (NodeId each : voters.keySet()) {
      long agree =
          voters.values().stream().filter(v -> view(v).getLeader().equals(each.name())).count();
      if (agree >= 2 && view(voters.get(each)).getLeader().equals(each.name())) {
        return each;
      }
    }
    return null;
  }

  private NodeId otherThan(NodeId... not) {
    return voters.keySet().stream().filter(n -> !Set.of(not).contains(n)).findFirst().orElseThrow();
  }

  private RegistryOutcome own(NodeId by, String name, long epoch) {
    return voters
        .get(by)
        .enter(Updates.batch(Updates.owned("home", name, epoch, by.name())), PATIENCE)
        .getOutcomes(0);
  }

  private void ownSoon(NodeId by, String name, long epoch) {
    await(
        by + " enters " + name,
        () -> {
          try {
            return own(by, name, epoch).getKind() == RegistryOutcome.Kind.DONE;
          } catch (GodwitException notYet) {
            return false;
          }
        });
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private long knownEpoch(NodeId at, String name) {
    return voters.get(at).state().find("home", name).map(p -> p.getEpoch()).orElse(0L);
  }

  @Test
  void oneOfTwoClaimsOfAnEpochIsGrantedAndAllKnowIt() {
    NodeId leader = leader();
    NodeId follower = otherThan(leader);
    ownSoon(follower, "job", 1);
    assertThat(own(leader, "job", 2).getKind()).isEqualTo(RegistryOutcome.Kind.DONE);
    RegistryOutcome late = own(follower, "job", 2);
    assertThat(late.getKind()).isEqualTo(RegistryOutcome.Kind.STALE);
    assertThat(late.getProcess().getNode()).isEqualTo(leader.name());
    await("all know it", () -> ALL.stream().allMatch(each -> knownEpoch(each, "job") == 2));
  }

  @Test
  void aLeaderThatEndsIsFollowedByAnotherAndLearnsWhatItMissed() {
    NodeId first = leader();
    ownSoon(first, "job", 1);
    voters.remove(first).close();
    await("another leads", () -> leader() != null);
    NodeId second = leader();
    assertThat(second).isNotEqualTo(first);
    ownSoon(second, "job", 2);
    start(first);
    await("it learns", () -> knownEpoch(first, "job") == 2);
  }

  @Test
  void theMinorityOfAPartitionDecidesNothingAndLearnsWhenItHeals() throws Exception {
    NodeId cut = leader();
    ownSoon(cut, "job", 1);
    DISCARD wall = wall(cut);
    await("the others go on", () -> leaderWithout(cut));
    NodeId other = otherThan(cut);
    assertThatThrownBy(() -> own(cut, "job", 2))
        .isInstanceOfSatisfying(
            GodwitException.class,
            refused -> assertThat(refused.code()).isEqualTo(RegistryError.NO_MAJORITY));
    ownSoon(other, "job", 2);
    assertThat(knownEpoch(cut, "job")).isEqualTo(1);
    voters.get(cut).group().channel().getProtocolStack().removeProtocol(wall);
    await("it learns", () -> knownEpoch(cut, "job") == 2);
    assertThat(voters.get(cut).state().find("home", "job").orElseThrow().getNode())
        .isEqualTo(other.name());
    await("all are back", () -> voters.values().stream().allMatch(v -> reached(v) == 3));
  }

  @Test
  void aVoterWhosePortIsTakenBeginsWhenItIsFree() throws IOException {
    voters.remove(ALPHA).close();
    InetSocketAddress port = addresses.get(ALPHA);
    try (ServerSocket taken = new ServerSocket(port.getPort(), 1, port.getAddress())) {
      assertThat(taken.isBound()).isTrue();
      start(ALPHA);
      await(
          "it says why", () -> view(voters.get(ALPHA)).getTrouble().contains("" + port.getPort()));
    }
    await("it takes part", () -> reached(voters.get(ALPHA)) == 3);
  }

  private boolean leaderWithout(NodeId cut) {
    return voters.entrySet().stream()
        .filter(each -> !each.getKey().equals(cut))
        .map(each -> view(each.getValue()).getLeader())
        .allMatch(leader -> !leader.isEmpty() && !leader.equals(cut.name()));
  }

  /** Nothing of the others arrives at a node, and nothing of it leaves. */
  private DISCARD wall(NodeId node) throws Exception {
    DISCARD wall = new DISCARD().discardAll(true);
    voters
        .get(node)
        .group()
        .channel()
        .getProtocolStack()
        .insertProtocol(wall, ProtocolStack.Position.ABOVE, TP.class);
    return wall;
  }

  @Test
  void aNodeOfTheClusterThatDoesNotVoteIsNotLetIn() throws Exception {
    SSLContext stranger = tls(new NodeId("delta"), ALL);
    InetSocketAddress alpha = addresses.get(ALPHA);
    try (Socket socket =
        stranger.getSocketFactory().createSocket(alpha.getAddress(), alpha.getPort())) {
      SSLSocket secured = (SSLSocket) socket;
      secured.setSSLParameters(VoterTls.parameters());
      socket.setSoTimeout(5000);
      // In TLS 1.3 the client learns with its first read that its certificate was refused.
      assertThatThrownBy(
              () -> {
                secured.startHandshake();
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(java.net.SocketTimeoutException.class);
    }
  }
}
