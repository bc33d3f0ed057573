package io.godwit.node.security;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.journal.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** The join tokens that this node made, on disk. One lock: tokens are few. */
public final class TokenLedger {
  private static final String KIND = "join-token";
  private static final HexFormat HEX = HexFormat.of();

  private final Path directory;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** Keeps its records in {@code directory}. */
  public TokenLedger(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** Makes a token that admits one node within {@code life}. */
  public synchronized JoinToken create(Duration life, byte[] authorityFingerprint, String address) {
    if (life.isNegative() || life.isZero() || life.compareTo(NodeLimits.TOKEN_LIFE_MAX) > 0) {
      throw new GodwitException(
          NodeError.TOKEN_MALFORMED,
          "making a join token",
          "a life of " + life + " is not between 1 s and " + NodeLimits.TOKEN_LIFE_MAX,
          "name a shorter time; tokens are made in a moment when they are needed");
    }
    sweep();
    if (RecordFile.list(directory).size() >= NodeLimits.OPEN_TOKENS) {
      throw new GodwitException(
          NodeError.TOKEN_MALFORMED,
          "making a join token",
          "there are " + NodeLimits.OPEN_TOKENS + " already",
          "wait until some have expired, or remove records from " + directory);
    }
    byte[] id = bytes(JoinToken.ID_BYTES);
    byte[] secret = bytes(JoinToken.SECRET_BYTES);
    Instant expires = Instant.ofEpochSecond(clock.instant().plus(life).getEpochSecond());
    TreeMap<String, String> values = new TreeMap<>();
    values.put("secret.sha256", HEX.formatHex(hash(secret)));
    values.put("expires", expires.toString());
    new RecordFile(KIND, values).write(file(id));
    return new JoinToken(id, secret, authorityFingerprint, expires, address);
  }

  /**
   * Takes a token for {@code node}: when this returns, the token is used on disk, and good for
   * nobody else whatever happens next.
   */
  public synchronized void redeem(byte[] id, byte[] secret, String node) {
    Path file = file(id);
    if (id.length != JoinToken.ID_BYTES || !Files.exists(file)) {
      throw unknown();
    }
    RecordFile record = RecordFile.read(file, KIND);
    byte[] expected = HEX.parseHex(record.require("secret.sha256"));
    if (!MessageDigest.isEqual(expected, hash(secret))) {
      throw unknown();
    }
    String usedBy = record.get("used.by", "");
    if (!usedBy.isEmpty()) {
      throw new GodwitException(
          NodeError.TOKEN_USED,
          "admitting node " + node,
          "the token admitted node " + usedBy + " at " + record.require("used.at"),
          "each token admits one node: run 'godwit token' again");
    }
    Instant expires = Instant.parse(record.require("expires"));
    Instant now = clock.instant();
    if (!now.isBefore(expires)) {
      throw new GodwitException(
          NodeError.TOKEN_EXPIRED,
          "admitting node " + node,
          "the token was good until " + expires + ", and it is " + now + " here",
          "run 'godwit token' again; --expires lengthens its life");
    }
    TreeMap<String, String> values = new TreeMap<>(record.values());
    values.put("used.by", node);
    values.put("used.at", now.toString());
    new RecordFile(KIND, values).write(file);
  }

  private void sweep() {
    Instant forgotten = clock.instant().minus(NodeLimits.TOKEN_MEMORY);
    List<Path> files = RecordFile.list(directory);
    for (Path file : files) {
      RecordFile record = RecordFile.read(file, KIND);
      if (Instant.parse(record.require("expires")).isBefore(forgotten)) {
        try {
          DurableFiles.remove(file);
        } catch (IOException kept) {
          // An old record that stays does no harm; the next sweep tries again.
          return;
        }
      }
    }
  }

  private Path file(byte[] id) {
    return directory.resolve(HEX.formatHex(id) + RecordFile.SUFFIX);
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] hash(byte[] secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static GodwitException unknown() {
    return new GodwitException(
        NodeError.TOKEN_UNKNOWN,
        "admitting a node",
        "this node never made that token",
        "use the address that the token was made at, or run 'godwit token' there");
  }
}
