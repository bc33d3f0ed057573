package io.godwit.wire;

import static java.util.stream.Collectors.joining;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Accepts certificates that one authority signed for nodes, and no others. Names of hosts play no
 * part: a node is known by the name in its certificate, wherever it is reached. The validity times
 * are left to {@link #requireValid}, see the package.
 */
public final class ClusterTrust extends X509ExtendedTrustManager {
  private static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";

  private final @Nullable X509Certificate authority;
  private final byte @Nullable [] authorityFingerprint;
  private final @Nullable Set<NodeId> expected;
  private volatile @Nullable X509Certificate seen;

  private ClusterTrust(
      @Nullable X509Certificate authority,
      byte @Nullable [] authorityFingerprint,
      @Nullable Set<NodeId> expected) {
    this.authority = authority;
    this.authorityFingerprint = authorityFingerprint;
    this.expected = expected;
  }

  /** Trusts every node of the cluster. */
  public static ClusterTrust anyNodeOf(X509Certificate authority) {
    return new ClusterTrust(authority, null, null);
  }

  /** Trusts one node of the cluster. */
  public static ClusterTrust only(NodeId expected, X509Certificate authority) {
    return new ClusterTrust(authority, null, Set.of(expected));
  }

  /** Trusts some nodes of the cluster. */
  public static ClusterTrust someOf(Set<NodeId> expected, X509Certificate authority) {
    return new ClusterTrust(authority, null, Set.copyOf(expected));
  }

  /** Trusts every node whose authority has this SHA-256 fingerprint: what a newcomer knows. */
  public static ClusterTrust pinned(byte[] authorityFingerprint) {
    return new ClusterTrust(null, authorityFingerprint.clone(), null);
  }

  /** The certificate that the last handshake accepted. */
  public @Nullable X509Certificate seen() {
    return seen;
  }

  /** Refuses a certificate that is not valid now by this node's clock. */
  public static void requireValid(
      X509Certificate certificate, Instant here, @Nullable Instant there) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (!here.isBefore(from) && !here.isAfter(until)) {
      return;
    }
    throw new GodwitException(
        WireError.CLOCK_SKEW,
        "checking the certificate of node " + NodeIdentity.nodeOf(certificate),
        "it is valid from "
            + from
            + " to "
            + until
            + ", but the clock of this node says "
            + here
            + (there == null ? "" : " (the clock of the other node says " + there + ")"),
        "set the clock that is wrong, for example with chrony or systemd-timesyncd; if both are"
            + " right, join the node again");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, CLIENT_USE);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, SERVER_USE);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, CLIENT_USE);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, SERVER_USE);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, CLIENT_USE);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, SERVER_USE);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority == null ? new X509Certificate[0] : new X509Certificate[] {authority};
  }

  private void check(X509Certificate[] chain, String use) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("no certificate was shown");
    }
    X509Certificate leaf = chain[0];
    X509Certificate issuer = issuer(chain);
    if (!leaf.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
        || leaf.getBasicConstraints() >= 0) {
      throw new CertificateException("not a certificate of a node of this cluster");
    }
    List<String> uses = leaf.getExtendedKeyUsage();
    if (uses == null || !uses.contains(use)) {
      throw new CertificateException("the certificate is not for this use");
    }
    try {
      leaf.verify(issuer.getPublicKey());
    } catch (GeneralSecurityException wrong) {
      throw new CertificateException("not signed by the authority of this cluster", wrong);
    }
    NodeId node;
    try {
      node = NodeIdentity.nodeOf(leaf);
    } catch (GodwitException unnamed) {
      throw new CertificateException(unnamed.why(), unnamed);
    }
    if (expected != null && !expected.contains(node)) {
      throw new CertificateException(
          "this is node "
              + node
              + ", not node "
              + expected.stream().sorted().map(NodeId::name).collect(joining(" or ")));
    }
    seen = leaf;
  }

  private X509Certificate issuer(X509Certificate[] chain) throws CertificateException {
    if (authority != null) {
      return authority;
    }
    X509Certificate last = chain[chain.length - 1];
    if (authorityFingerprint == null
        || chain.length < 2
        || !MessageDigest.isEqual(authorityFingerprint, NodeIdentity.fingerprint(last))) {
      throw new CertificateException("the authority is not the one that the token names");
    }
    return last;
  }
}
