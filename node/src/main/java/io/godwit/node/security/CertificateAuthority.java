package io.godwit.node.security;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Signs the certificates of one cluster's nodes. Keys are on P-256. */
public final class CertificateAuthority {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(20 * 365L);
  private static final Duration NODE_LIFE = Duration.ofDays(5 * 365L);

  /** Certificates begin this much in the past, for clocks that are a little behind. */
  private static final Duration BACKDATED = Duration.ofMinutes(10);

  private static final int REQUEST_BYTES = 8192;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final PrivateKey key;
  private final X509Certificate certificate;

  /** An authority that exists. */
  public CertificateAuthority(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /** Founds a new authority. */
  public static CertificateAuthority create(String cluster, Instant now) {
    KeyPair keys = newKeys();
    X500Name name = name(cluster, "authority of " + cluster);
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  name,
                  serial(),
                  Date.from(now.minus(BACKDATED)),
                  Date.from(now.plus(AUTHORITY_LIFE)),
                  name,
                  keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return new CertificateAuthority(
          keys.getPrivate(), parse(builder.build(signer(keys.getPrivate())).getEncoded()));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public PrivateKey key() {
    return key;
  }

  /** The certificate of a node whose key is {@code publicKey}. */
  public X509Certificate issue(NodeId node, PublicKey publicKey, Instant now) {
    X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    String cluster = issuer.getRDNs(BCStyle.O)[0].getFirst().getValue().toString();
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  issuer,
                  serial(),
                  Date.from(now.minus(BACKDATED)),
                  Date.from(now.plus(NODE_LIFE)),
                  name(cluster, node.name()),
                  publicKey)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                      }));
      return parse(builder.build(signer(key)).getEncoded());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The key that a PKCS#10 request (DER) asks a certificate for, once its signature is checked. */
  public static PublicKey keyOf(byte[] request) {
    if (request.length > REQUEST_BYTES) {
      throw badRequest("it is longer than " + REQUEST_BYTES + " bytes", null);
    }
    try {
      PKCS10CertificationRequest parsed = new PKCS10CertificationRequest(request);
      if (!parsed.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(parsed.getSubjectPublicKeyInfo()))) {
        throw badRequest("its signature does not fit its key", null);
      }
      byte[] spki = parsed.getSubjectPublicKeyInfo().getEncoded();
      return java.security.KeyFactory.getInstance("EC")
          .generatePublic(new java.security.spec.X509EncodedKeySpec(spki));
    } catch (IOException
        | PKCSException
        | OperatorCreationException
        | GeneralSecurityException
        | IllegalArgumentException malformed) {
      throw badRequest(String.valueOf(malformed.getMessage()), malformed);
    }
  }

  /** A PKCS#10 request (DER) for the key. */
  public static byte[] request(NodeId node, KeyPair keys) {
    try {
      return new JcaPKCS10CertificationRequestBuilder(name("godwit", node.name()), keys.getPublic())
          .build(signer(keys.getPrivate()))
          .getEncoded();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A new key pair of the kind that this cluster uses. */
  public static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A certificate from its DER form. */
  public static X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException malformed) {
      throw new GodwitException(
          NodeError.BAD_CERTIFICATE_REQUEST,
          "reading a certificate",
          String.valueOf(malformed.getMessage()),
          "let the node join again with a new token",
          malformed);
    }
  }

  private static ContentSigner signer(PrivateKey key) {
    try {
      return new JcaContentSignerBuilder(SIGNATURE).build(key);
    } catch (OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static X500Name name(String cluster, String common) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, cluster)
        .addRDN(BCStyle.CN, common)
        .build();
  }

  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).add(BigInteger.ONE);
  }

  private static GodwitException badRequest(
      String why, @org.jspecify.annotations.Nullable Exception cause) {
    return new GodwitException(
        NodeError.BAD_CERTIFICATE_REQUEST,
        "reading a request for a certificate",
        why,
        "join with the 'godwit' of the same version",
        cause);
  }
}
