package io.godwit.node.daemon;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.pod.TimeOffsets;
import io.godwit.policy.scheduling.ResourceExpressionParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a destination has to know to make a pod before its processes come.
 *
 * <pre>
 *  u8 version | utf name, user, command, home, hostname | i32 uid, main pod pid | i64 epoch, started
 *  u8 network? | u8 terminal? | i64 monotonic, boottime (nanoseconds, when it was sent)
 *  utf resource expression | u8 lease needed?
 * </pre>
 *
 * @param clocks what the pod's clocks showed when this was sent
 */
record PodDescription(
    ProcessEntry process,
    String hostname,
    boolean network,
    boolean terminal,
    TimeOffsets.Clocks clocks,
    PodTags.Tag tag) {
  private static final int VERSION = 2;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(process.name());
      out.writeUTF(process.user());
      out.writeUTF(process.command());
      out.writeUTF(process.home().name());
      out.writeUTF(hostname);
      out.writeInt(process.uid());
      out.writeInt(process.podPid());
      out.writeLong(process.epoch().number());
      out.writeLong(process.startedMillis());
      out.writeBoolean(network);
      out.writeBoolean(terminal);
      out.writeLong(clocks.monotonicNanos());
      out.writeLong(clocks.bootNanos());
      out.writeUTF(tag.needs().text());
      out.writeBoolean(tag.leased());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Reads what came from a peer. The process is not here before ownership has passed. */
  static PodDescription of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readUnsignedByte() != VERSION) {
        throw damaged("it is of another version");
      }
      String name = in.readUTF();
      String user = in.readUTF();
      String command = in.readUTF();
      NodeId home = new NodeId(in.readUTF());
      String hostname = in.readUTF();
      int uid = in.readInt();
      int podPid = in.readInt();
      Epoch epoch = new Epoch(in.readLong());
      long started = in.readLong();
      ProcessEntry process =
          new ProcessEntry(name, uid, user, command, home, home, epoch, started, podPid, null, "");
      return new PodDescription(
          process,
          hostname,
          in.readBoolean(),
          in.readBoolean(),
          new TimeOffsets.Clocks(in.readLong(), in.readLong()),
          new PodTags.Tag(ResourceExpressionParser.parse(in.readUTF()), in.readBoolean()));
    } catch (IOException | IllegalArgumentException malformed) {
      throw damaged(String.valueOf(malformed.getMessage()));
    }
  }

  private static GodwitException damaged(String why) {
    return new GodwitException(
        NodeError.STATE_INCOMPLETE,
        "reading the description of a pod",
        why,
        "run the same version of Godwit on both nodes");
  }
}
