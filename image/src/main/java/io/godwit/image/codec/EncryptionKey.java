package io.godwit.image.codec;

import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.codec.ImageHeader.CipherParameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 256-bit key that a user keeps beside the images. It never encrypts anything itself: each
 * generation has its own key, derived with HKDF-SHA256 (RFC 5869) from it and a random salt, so
 * that nonces may count from zero.
 */
public final class EncryptionKey {
  private static final int KEY_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int CHECK_BYTES = 8;

  private final byte[] key;

  private EncryptionKey(byte[] key) {
    this.key = key;
  }

  /** A key of 32 bytes. */
  public static EncryptionKey of(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has 32 bytes, not " + key.length);
    }
    return new EncryptionKey(key.clone());
  }

  /** Reads a key file: 32 bytes, or 64 hexadecimal digits and perhaps a line end. */
  public static EncryptionKey fromFile(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(4 * KEY_BYTES);
    } catch (IOException e) {
      throw Failures.io("cannot read the key file", file, e);
    }
    if (content.length == KEY_BYTES) {
      return new EncryptionKey(content);
    }
    String text = new String(content, StandardCharsets.ISO_8859_1).strip();
    if (text.matches("[0-9a-fA-F]{64}")) {
      return new EncryptionKey(HexFormat.of().parseHex(text));
    }
    throw new GodwitException(
        ImageError.BAD_KEY,
        "cannot use the key file " + file,
        "it holds neither 32 bytes nor 64 hexadecimal digits",
        "make one with: head -c 32 /dev/urandom > " + file.getFileName());
  }

  /** A fresh salt and what goes with it. */
  CipherParameters newParameters() {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new CipherParameters(
        HexFormat.of().formatHex(salt),
        HexFormat.of().formatHex(derive(salt, "godwit image key check", CHECK_BYTES)));
  }

  /** Whether this is the key that the parameters were made with. */
  boolean fits(CipherParameters parameters) {
    byte[] salt = HexFormat.of().parseHex(parameters.salt());
    byte[] check = derive(salt, "godwit image key check", CHECK_BYTES);
    return HexFormat.of().formatHex(check).equals(parameters.check());
  }

  /** The AES key of a generation. */
  SecretKey generationKey(CipherParameters parameters) {
    byte[] salt = HexFormat.of().parseHex(parameters.salt());
    return new SecretKeySpec(derive(salt, "godwit image generation", KEY_BYTES), "AES");
  }

  private byte[] derive(byte[] salt, String purpose, int length) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(key)
                  .addSalt(salt)
                  .thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks HKDF-SHA256", e);
    }
  }
}
