package io.godwit.node.daemon;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.node.journal.RecordFile;
import io.godwit.wire.proto.ProcessStatus;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of a process that is here or was started here.
 *
 * @param home where it was started
 * @param node where it runs, as far as is known
 * @param waitStatus the status word of wait(2) when it has ended
 * @param remark why its state is unusual; empty otherwise
 */
record ProcessEntry(
    String name,
    int uid,
    String user,
    String command,
    NodeId home,
    NodeId node,
    Epoch epoch,
    long startedMillis,
    int podPid,
    @Nullable Integer waitStatus,
    String remark) {
  private static final String KIND = "process";

  ProcessEntry at(NodeId where, Epoch under) {
    return new ProcessEntry(
        name, uid, user, command, home, where, under, startedMillis, podPid, waitStatus, "");
  }

  ProcessEntry ended(int status) {
    return new ProcessEntry(
        name, uid, user, command, home, node, epoch, startedMillis, podPid, status, "");
  }

  /** The same, begun anew: what was told of its end was not so. */
  ProcessEntry running() {
    return new ProcessEntry(
        name, uid, user, command, home, node, epoch, startedMillis, podPid, null, remark);
  }

  ProcessEntry numbered(int number) {
    return new ProcessEntry(
        name, uid, user, command, home, node, epoch, startedMillis, number, waitStatus, remark);
  }

  ProcessEntry remarked(String why) {
    return new ProcessEntry(
        name, uid, user, command, home, node, epoch, startedMillis, podPid, waitStatus, why);
  }

  ProcessStatus status(int hostPid) {
    ProcessStatus.Builder status =
        ProcessStatus.newBuilder()
            .setPod(name)
            .setName(name)
            .setState(waitStatus != null ? "exited" : remark.isEmpty() ? "running" : "in doubt")
            .setEpoch(epoch.number())
            .setHome(home.name())
            .setNode(node.name())
            .setPid(hostPid)
            .setCommand(command)
            .setUid(uid)
            .setStartedMillis(startedMillis)
            .setRemark(remark);
    if (waitStatus != null) {
      status.setHasEnded(true).setWaitStatus(waitStatus);
    } else if (hostPid > 0) {
      ProcessUsage usage = ProcessUsage.of(hostPid);
      status.setCpuMillis(usage.cpuMillis()).setMemoryBytes(usage.memoryBytes());
    }
    return status.build();
  }

  void write(Path directory) {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("name", name);
    values.put("uid", Integer.toString(uid));
    values.put("user", user);
    values.put("command", command);
    values.put("home", home.name());
    values.put("node", node.name());
    values.put("epoch", epoch.toString());
    values.put("started", Long.toString(startedMillis));
    values.put("pid", Integer.toString(podPid));
    if (waitStatus != null) {
      values.put("ended", waitStatus.toString());
    }
    new RecordFile(KIND, values).write(directory.resolve(name + RecordFile.SUFFIX));
  }

  static ProcessEntry read(Path file) {
    RecordFile record = RecordFile.read(file, KIND);
    return new ProcessEntry(
        record.require("name"),
        (int) record.requireNumber("uid"),
        record.require("user"),
        record.require("command"),
        new NodeId(record.require("home")),
        new NodeId(record.require("node")),
        new Epoch(record.requireNumber("epoch")),
        record.requireNumber("started"),
        (int) record.requireNumber("pid"),
        record.values().containsKey("ended") ? (int) record.requireNumber("ended") : null,
        "");
  }
}
