package io.godwit.node.security;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.StateDirectory;
import io.godwit.node.journal.DurableFiles;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.WireError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/** Keys and certificates of a node as PEM files in its state directory. */
public final class IdentityFiles {
  private static final int PEM_BYTES = 16 << 10;
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";

  private final StateDirectory state;

  /** The files of one state directory. */
  public IdentityFiles(StateDirectory state) {
    this.state = state;
  }

  /** Whether the node belongs to a cluster. The certificate of the node is written last. */
  public boolean present() {
    return Files.exists(nodeCertificate());
  }

  /** The identity, or an error that says how to get one. */
  public NodeIdentity load() {
    if (!present()) {
      throw new GodwitException(
          NodeError.NOT_INITIALIZED,
          "reading the identity of this node",
          "it belongs to no cluster yet",
          "run 'godwit init' to found one, or 'godwit join ADDRESS TOKEN' to enter one");
    }
    return new NodeIdentity(
        key(state.identity().resolve("node.key")),
        CertificateAuthority.parse(pem(nodeCertificate(), CERTIFICATE)),
        CertificateAuthority.parse(pem(authorityCertificate(), CERTIFICATE)));
  }

  /** Writes the identity, the part that makes it valid last. */
  public void store(NodeIdentity identity) {
    write(state.identity().resolve("node.key"), KEY, identity.key().getEncoded());
    write(authorityCertificate(), CERTIFICATE, der(identity.authority()));
    write(nodeCertificate(), CERTIFICATE, der(identity.certificate()));
  }

  /** The authority, if this node founded the cluster. */
  public Optional<CertificateAuthority> authority() {
    Path key = authorityKey();
    if (!Files.exists(key)) {
      return Optional.empty();
    }
    return Optional.of(
        new CertificateAuthority(
            key(key), CertificateAuthority.parse(pem(authorityCertificate(), CERTIFICATE))));
  }

  /** Writes the authority's key. */
  public void store(CertificateAuthority authority) {
    write(authorityKey(), KEY, authority.key().getEncoded());
  }

  private Path nodeCertificate() {
    return state.identity().resolve("node.crt");
  }

  private Path authorityCertificate() {
    return state.identity().resolve("authority.crt");
  }

  private Path authorityKey() {
    return state.authority().resolve("authority.key");
  }

  private static PrivateKey key(Path file) {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pem(file, KEY)));
    } catch (GeneralSecurityException wrong) {
      throw unusable(file, String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private static byte[] pem(Path file, String label) {
    try {
      String text = new String(DurableFiles.read(file, PEM_BYTES), StandardCharsets.US_ASCII);
      String begin = "-----BEGIN " + label + "-----";
      int from = text.indexOf(begin);
      int to = text.indexOf("-----END " + label + "-----");
      if (from < 0 || to < from) {
        throw unusable(file, "it holds no " + label, null);
      }
      return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    } catch (IOException | IllegalArgumentException failed) {
      throw unusable(file, String.valueOf(failed.getMessage()), failed);
    }
  }

  private static void write(Path file, String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    String text = "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    try {
      DurableFiles.write(file, text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException failed) {
      throw unusable(file, String.valueOf(failed.getMessage()), failed);
    }
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static GodwitException unusable(
      Path file, String why, @org.jspecify.annotations.Nullable Exception cause) {
    return new GodwitException(
        WireError.BAD_IDENTITY,
        "using " + file,
        why,
        "restore it from a backup of the state directory, or join the node again",
        cause);
  }
}
