package io.godwit.node.checkpoint;

import io.godwit.core.control.CheckpointSpec;
import io.godwit.image.codec.EncryptionKey;
import io.godwit.image.codec.StorageOptions;
import java.nio.file.Path;

/**
 * How a checkpoint is made.
 *
 * @param leaveRunning whether the processes go on; they end otherwise
 * @param incremental whether a directory that holds an image of them already gets what has changed
 *     since
 * @param keep how many generations an incremental image has at most; older ones are merged away
 */
public record CheckpointOptions(
    boolean leaveRunning, boolean incremental, int keep, StorageOptions storage) {
  /** Generations that are kept where nothing else is said. */
  public static final int DEFAULT_KEEP = 4;

  public CheckpointOptions {
    if (keep < 1) {
      throw new IllegalArgumentException("at least one generation is kept, not " + keep);
    }
  }

  /** As a request says; reads the key file. */
  public static CheckpointOptions of(CheckpointSpec spec) {
    StorageOptions storage = StorageOptions.PLAIN;
    if (spec.compression() > 0) {
      storage = storage.withCompression(spec.compression());
    }
    String keyFile = spec.keyFile();
    if (keyFile != null) {
      storage = storage.withKey(EncryptionKey.fromFile(Path.of(keyFile)));
    }
    return new CheckpointOptions(spec.leaveRunning(), spec.incremental(), spec.keep(), storage);
  }
}
