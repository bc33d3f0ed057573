package io.godwit.node.security;

import com.google.protobuf.ByteString;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.StateDirectory;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.WireError;
import io.godwit.wire.WireFailure;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.AdmissionGrpc;
import io.godwit.wire.proto.JoinReply;
import io.godwit.wire.proto.JoinRequest;
import io.godwit.wire.proto.MemberEntry;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How a cluster begins and how nodes enter it: both ends of init, token and join. */
public final class ClusterAdmission {
  private final StateDirectory state;
  private final IdentityFiles files;
  private final InstantSource clock;

  /** Works on one node's state directory. */
  public ClusterAdmission(StateDirectory state, InstantSource clock) {
    this.state = state;
    this.files = new IdentityFiles(state);
    this.clock = clock;
  }

  /** Founds a cluster with this node as its first. */
  public NodeIdentity init(String cluster, NodeId node, String address) {
    requireFresh();
    if (!cluster.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw new GodwitException(
          NodeError.CONFIGURATION,
          "founding a cluster",
          "'" + cluster + "' cannot be its name",
          "use 1 to 63 letters, digits, dots, dashes or underscores");
    }
    Instant now = clock.instant();
    CertificateAuthority authority = CertificateAuthority.create(cluster, now);
    KeyPair keys = CertificateAuthority.newKeys();
    X509Certificate certificate = authority.issue(node, keys.getPublic(), now);
    NodeIdentity identity =
        new NodeIdentity(keys.getPrivate(), certificate, authority.certificate());
    new Membership(state.members()).learn(node, address);
    files.store(authority);
    files.store(identity);
    return identity;
  }

  /** Makes a token for one newcomer. */
  public JoinToken token(Duration life, String address) {
    CertificateAuthority authority = requireAuthority("making a join token");
    return new TokenLedger(state.tokens(), clock)
        .create(life, NodeIdentity.fingerprint(authority.certificate()), address);
  }

  /**
   * Enters a cluster.
   *
   * @param at where a node of the cluster listens
   * @param self where this node will listen
   */
  public NodeIdentity join(InetSocketAddress at, JoinToken token, NodeId node, String self) {
    requireFresh();
    KeyPair keys = CertificateAuthority.newKeys();
    JoinRequest request =
        JoinRequest.newBuilder()
            .setTokenId(token.idText())
            .setTokenSecret(ByteString.copyFrom(token.secret()))
            .setNode(node.name())
            .setAddress(self)
            .setCertificateRequest(ByteString.copyFrom(CertificateAuthority.request(node, keys)))
            .setClockMillis(clock.millis())
            .build();
    JoinReply reply = PeerConnection.join(at, token.authorityFingerprint(), request, clock);
    X509Certificate authority = CertificateAuthority.parse(reply.getAuthority().toByteArray());
    X509Certificate certificate = CertificateAuthority.parse(reply.getCertificate().toByteArray());
    NodeIdentity identity = new NodeIdentity(keys.getPrivate(), certificate, authority);
    if (!java.security.MessageDigest.isEqual(
            NodeIdentity.fingerprint(authority), token.authorityFingerprint())
        || !identity.node().equals(node)
        || !certificate.getPublicKey().equals(keys.getPublic())) {
      throw new GodwitException(
          WireError.BAD_IDENTITY,
          "joining at " + Addresses.format(at),
          "the certificate in the answer is not the one that was asked for",
          "make sure that the address is that of a Godwit node, and get a new token");
    }
    Membership members = new Membership(state.members());
    members.learn(node, self);
    for (MemberEntry member : reply.getMembersList()) {
      members.learn(new NodeId(member.getNode()), member.getAddress());
    }
    files.store(identity);
    return identity;
  }

  /** The service that newcomers call on a node that runs. */
  public AdmissionGrpc.AdmissionImplBase service(NodeId self, Membership members) {
    TokenLedger ledger = new TokenLedger(state.tokens(), clock);
    return new AdmissionGrpc.AdmissionImplBase() {
      @Override
      public void join(JoinRequest request, StreamObserver<JoinReply> out) {
        try {
          out.onNext(admit(request, self, members, ledger));
          out.onCompleted();
        } catch (RuntimeException refused) {
          out.onError(WireFailure.toStatus(refused));
        }
      }
    };
  }

  private JoinReply admit(
      JoinRequest request, NodeId self, Membership members, TokenLedger ledger) {
    CertificateAuthority authority = requireAuthority("admitting a node");
    NodeId node = nodeOf(request.getNode());
    Instant there = Instant.ofEpochMilli(request.getClockMillis());
    Duration skew = Duration.between(there, clock.instant()).abs();
    if (skew.compareTo(WireLimits.CLOCK_SKEW) > 0) {
      throw new GodwitException(
          WireError.CLOCK_SKEW,
          "admitting node " + node,
          "its clock says "
              + there
              + ", the clock of node "
              + self
              + " says "
              + clock.instant()
              + ": "
              + skew.toSeconds()
              + " s apart",
          "set the clock that is wrong, for example with chrony or systemd-timesyncd");
    }
    Addresses.split(request.getAddress());
    PublicKey key = CertificateAuthority.keyOf(request.getCertificateRequest().toByteArray());
    synchronized (members) {
      if (members.find(node).isPresent()) {
        throw new GodwitException(
            NodeError.NAME_TAKEN,
            "admitting node " + node,
            "the cluster has a node of this name already",
            "give the new one another name with --name or node.name");
      }
      ledger.redeem(
          idOf(request.getTokenId()), request.getTokenSecret().toByteArray(), node.name());
      members.learn(node, request.getAddress());
    }
    JoinReply.Builder reply = JoinReply.newBuilder();
    try {
      reply
          .setCertificate(
              ByteString.copyFrom(authority.issue(node, key, clock.instant()).getEncoded()))
          .setAuthority(ByteString.copyFrom(authority.certificate().getEncoded()));
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
    members
        .all()
        .forEach(
            (member, address) ->
                reply.addMembers(
                    MemberEntry.newBuilder().setNode(member.name()).setAddress(address)));
    return reply.build();
  }

  private static NodeId nodeOf(String name) {
    try {
      return new NodeId(name);
    } catch (IllegalArgumentException malformed) {
      throw new GodwitException(
          NodeError.BAD_CERTIFICATE_REQUEST,
          "admitting a node",
          String.valueOf(malformed.getMessage()),
          "give the new node a name of that form",
          malformed);
    }
  }

  private static byte[] idOf(String text) {
    try {
      return java.util.HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException malformed) {
      return new byte[0];
    }
  }

  private void requireFresh() {
    if (files.present()) {
      throw new GodwitException(
          NodeError.ALREADY_INITIALIZED,
          "entering a cluster",
          "this node is " + files.load().node() + " of " + files.load().cluster() + " already",
          "to leave that cluster, stop the daemon and remove " + state.identity());
    }
  }

  private CertificateAuthority requireAuthority(String what) {
    return files
        .authority()
        .orElseThrow(
            () ->
                new GodwitException(
                    NodeError.NO_AUTHORITY,
                    what,
                    "this node does not hold the key of the cluster's authority",
                    "do it on the node where 'godwit init' was run"));
  }
}
