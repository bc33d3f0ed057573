package io.godwit.node.registry;

import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import java.time.Duration;

/** The registry as a node reaches it. Calls block; failures are {@code GodwitException}s. */
public interface Registry extends AutoCloseable {
  /**
   * Enters updates. When this returns a majority has them on its disks. When it fails they may be
   * entered all the same, now or later: saying the same once more is harmless.
   */
  RegistryOutcomes enter(RegistryBatch batch, Duration patience);

  /** What a voter knows, which may be behind what was entered last. */
  RegistryAnswer consult(RegistryQuestion question);

  @Override
  void close();
}
