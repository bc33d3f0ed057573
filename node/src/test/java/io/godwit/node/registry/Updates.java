package io.godwit.node.registry;

import io.godwit.wire.proto.ProcessRecord;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryUpdate;
import java.util.List;

/** Updates for tests. */
final class Updates {
  private Updates() {}

  static RegistryBatch batch(RegistryUpdate... updates) {
    return RegistryRecords.batch(List.of(updates));
  }

  static ProcessRecord process(String home, String name, long epoch, String node) {
    return ProcessRecord.newBuilder()
        .setHome(home)
        .setName(name)
        .setEpoch(epoch)
        .setNode(node)
        .setUid(1000)
        .setCommand("sleep 1")
        .setStartedMillis(1)
        .build();
  }

  static RegistryUpdate owned(String home, String name, long epoch, String node) {
    return RegistryUpdate.newBuilder().setOwned(process(home, name, epoch, node)).build();
  }
}
