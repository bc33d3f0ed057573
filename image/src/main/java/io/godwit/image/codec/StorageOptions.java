package io.godwit.image.codec;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an image is kept at rest.
 *
 * @param compression the level of zstd, absent for none
 * @param key for AES-256-GCM, absent for no encryption
 * @param durable whether a commit waits until the disk has everything (fsync)
 */
public record StorageOptions(
    OptionalInt compression, Optional<EncryptionKey> key, boolean durable) {
  /** Neither compressed nor encrypted, and durable. */
  public static final StorageOptions PLAIN =
      new StorageOptions(OptionalInt.empty(), Optional.empty(), true);

  /** The level that trades speed for size as a checkpoint wants it. */
  public static final int DEFAULT_COMPRESSION = 1;

  public StorageOptions {
    if (compression.isPresent() && (compression.getAsInt() < 1 || compression.getAsInt() > 19)) {
      throw new IllegalArgumentException("zstd has levels 1 to 19, not " + compression.getAsInt());
    }
  }

  public StorageOptions withCompression(int level) {
    return new StorageOptions(OptionalInt.of(level), key, durable);
  }

  public StorageOptions withKey(EncryptionKey newKey) {
    return new StorageOptions(compression, Optional.of(newKey), durable);
  }

  /** Leaves it to the operating system when the disk gets it; for tests and memory disks. */
  public StorageOptions notDurable() {
    return new StorageOptions(compression, key, false);
  }
}
