package io.godwit.node.registry;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.godwit.core.NodeId;
import io.godwit.core.control.PodName;
import io.godwit.wire.proto.NodeRecord;
import io.godwit.wire.proto.ProcessRecord;
import io.godwit.wire.proto.ProfileRecord;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistrySnapshot;
import io.godwit.wire.proto.RegistryUpdate;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** What may stand in the registry, and who may say it. */
public final class RegistryRecords {
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern CHECKPOINT =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,62}/[0-9]{1,19}/[0-9]{1,19})?");
  private static final Pattern PROFILE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private RegistryRecords() {}

  /** Reads an entry of the log; how much it may say is checked. */
  static RegistryBatch batch(byte[] bytes, int offset, int length)
      throws InvalidProtocolBufferException {
    if (length > RegistryLimits.BATCH_BYTES) {
      throw new InvalidProtocolBufferException("it has " + length + " bytes");
    }
    RegistryBatch batch;
    try {
      batch = RegistryBatch.parseFrom(CodedInputStream.newInstance(bytes, offset, length));
    } catch (InvalidProtocolBufferException malformed) {
      throw malformed;
    } catch (IOException impossible) {
      throw new InvalidProtocolBufferException(impossible);
    }
    if (batch.getUpdatesCount() > RegistryLimits.UPDATES || batch.getVersion() == 0) {
      throw new InvalidProtocolBufferException("version or number of updates is out of range");
    }
    return batch;
  }

  static boolean wellFormed(RegistryUpdate update) {
    return switch (update.getKindCase()) {
      case OWNED -> wellFormed(update.getOwned());
      case ENDED -> wellFormed(update.getEnded());
      case CHECKPOINTED ->
          wellFormed(update.getCheckpointed())
              && !update.getCheckpointed().getCheckpoint().isEmpty();
      case FORGOTTEN -> wellFormed(update.getForgotten());
      case NODE -> wellFormed(update.getNode());
      case PROFILE -> update.getProfile().getVersion() > 0 && wellFormed(update.getProfile());
      case KIND_NOT_SET -> false;
    };
  }

  private static boolean wellFormed(ProcessRecord process) {
    return NODE.matcher(process.getHome()).matches()
        && NODE.matcher(process.getNode()).matches()
        && PodName.isValid(process.getName())
        && process.getEpoch() > 0
        && process.getStartedMillis() >= 0
        && process.getCheckpointMillis() >= 0
        && process.getCommand().length() <= RegistryLimits.COMMAND
        && process.getCheckpoint().length() <= RegistryLimits.CHECKPOINT
        && CHECKPOINT.matcher(process.getCheckpoint()).matches();
  }

  private static boolean wellFormed(NodeRecord node) {
    return NODE.matcher(node.getNode()).matches()
        && node.getVersion() > 0
        && node.getState() != NodeRecord.State.UNRECOGNIZED
        && node.getWhy().length() <= RegistryLimits.WHY;
  }

  private static boolean wellFormed(ProfileRecord profile) {
    return profile.getText().length() <= RegistryLimits.PROFILE
        && profile.getVersion() >= 0
        && (profile.getVersion() == 0 || PROFILE.matcher(profile.getName()).matches());
  }

  static void require(RegistrySnapshot snapshot) {
    if (snapshot.getProcessesCount() > RegistryLimits.RUNNING + RegistryLimits.ENDED
        || snapshot.getNodesCount() > RegistryLimits.NODES) {
      throw RegistryState.damaged("it holds more than a registry may");
    }
    if (!snapshot.getProcessesList().stream().allMatch(RegistryRecords::wellFormed)
        || !snapshot.getNodesList().stream().allMatch(RegistryRecords::wellFormed)
        || !wellFormed(snapshot.getProfile())) {
      throw RegistryState.damaged("a record in it is out of bounds");
    }
  }

  /**
   * Whether a node may say that: its own state, that a process is with it, and of the processes of
   * its home everything.
   */
  public static boolean may(NodeId node, RegistryUpdate update) {
    String name = node.name();
    return switch (update.getKindCase()) {
      case OWNED -> update.getOwned().getNode().equals(name);
      case ENDED ->
          update.getEnded().getHome().equals(name) || update.getEnded().getNode().equals(name);
      case CHECKPOINTED -> update.getCheckpointed().getHome().equals(name);
      case FORGOTTEN -> update.getForgotten().getHome().equals(name);
      case NODE -> update.getNode().getNode().equals(name);
      case PROFILE -> true; // each node may choose it, as each may tell it to the others
      case KIND_NOT_SET -> false;
    };
  }

  /** An entry of the log. */
  public static RegistryBatch batch(List<RegistryUpdate> updates) {
    return RegistryBatch.newBuilder()
        .setVersion(RegistryLimits.VERSION)
        .addAllUpdates(updates)
        .build();
  }
}
