package io.godwit.wire;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Who a node is: its key, its certificate (common name: the node, organization: the cluster) and
 * the cluster's authority that signed it.
 */
public record NodeIdentity(PrivateKey key, X509Certificate certificate, X509Certificate authority) {

  /** The node that the certificate names. */
  public NodeId node() {
    return nodeOf(certificate);
  }

  /** The cluster that the certificate names. */
  public String cluster() {
    return part(certificate, "O");
  }

  /** The node that a certificate names. */
  public static NodeId nodeOf(X509Certificate certificate) {
    String name = part(certificate, "CN");
    try {
      return new NodeId(name);
    } catch (IllegalArgumentException notAName) {
      throw new GodwitException(
          WireError.BAD_IDENTITY,
          "reading a certificate",
          "its common name '" + name + "' is not the name of a node",
          "let the node join again with a new token",
          notAName);
    }
  }

  /** SHA-256 of a certificate's DER form: how a token names the authority. */
  public static byte[] fingerprint(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (NoSuchAlgorithmException | CertificateEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String part(X509Certificate certificate, String type) {
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase(type)) {
          return rdn.getValue().toString();
        }
      }
    } catch (InvalidNameException malformed) {
      return "";
    }
    return "";
  }

  @Override
  public String toString() {
    return "NodeIdentity[" + node() + " of " + cluster() + "]";
  }
}
