package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import io.godwit.wire.proto.LoadEntry;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.Rumour;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Load messages of policy as notes of the node protocol and back. What comes from another node is
 * checked and bounded here; figures that make no sense are an {@link IllegalArgumentException}.
 */
final class LoadCodec {
  private static final int MOST_CORES = 1 << 16;
  private static final double MOST_RUNNABLE = 1e9;

  /** Far above all clocks, and its node can still say more. */
  private static final long MOST_INCARNATION = 1L << 60;

  private LoadCodec() {}

  static LoadNote.Builder encode(LoadMessage message) {
    LoadNote.Builder note = LoadNote.newBuilder().setSentNanos(message.sentNanos());
    message.records().forEach(record -> note.addEntries(encode(record)));
    switch (message) {
      case LoadMessage.Vector vector ->
          note.setKind(LoadNote.Kind.VECTOR).setReplyWanted(vector.replyWanted());
      case LoadMessage.Report report -> note.setKind(LoadNote.Kind.REPORT);
      case LoadMessage.Taken taken -> note.setKind(LoadNote.Kind.TAKEN);
      case LoadMessage.NotMaster other ->
          note.setKind(LoadNote.Kind.NOT_MASTER).setMaster(other.master().name());
      case LoadMessage.Query query -> note.setKind(LoadNote.Kind.QUERY).setWanted(query.wanted());
      case LoadMessage.Answer answer -> note.setKind(LoadNote.Kind.ANSWER);
    }
    return note;
  }

  static LoadEntry encode(LoadRecord record) {
    NodeLoad load = record.load();
    return LoadEntry.newBuilder()
        .setNode(record.node().name())
        .setSequence(record.sequence())
        .setTakenNanos(record.takenNanos())
        .setRunQueue(load.runQueue())
        .setCores(load.cores())
        .setSpeed(load.speed())
        .setCpuUse(load.cpuUse())
        .setPressureCpu(load.pressure().cpu())
        .setPressureMemory(load.pressure().memory())
        .setPressureIo(load.pressure().io())
        .setMemoryFreeBytes(load.memoryFreeBytes())
        .setSwapFreeBytes(load.swapFreeBytes())
        .setPagesPerSecond(load.pagesPerSecond())
        .setDiskBytesPerSecond(load.diskBytesPerSecond())
        .setNetworkBytesPerSecond(load.networkBytesPerSecond())
        .setOwnerIdleNanos(load.ownerIdleNanos())
        .setForeign(load.foreign())
        .setAccepts(load.accepts())
        .addAllResources(new TreeSet<>(load.resources()))
        .build();
  }

  /** The message of a note whose kind is one of the load layer's. */
  static LoadMessage decode(LoadNote note, NodeId from) {
    List<LoadRecord> records = records(note);
    long sent = note.getSentNanos();
    return switch (note.getKind()) {
      case VECTOR -> new LoadMessage.Vector(from, sent, records, note.getReplyWanted());
      case REPORT -> new LoadMessage.Report(from, sent, records);
      case TAKEN -> new LoadMessage.Taken(from, sent);
      case NOT_MASTER -> new LoadMessage.NotMaster(from, sent, new NodeId(note.getMaster()));
      case QUERY ->
          new LoadMessage.Query(from, sent, Math.clamp(note.getWanted(), 0, ClusterLimits.ENTRIES));
      case ANSWER -> new LoadMessage.Answer(from, sent, records);
      default -> throw new IllegalArgumentException("no load message: " + note.getKind());
    };
  }

  static List<LoadRecord> records(LoadNote note) {
    if (note.getEntriesCount() > ClusterLimits.ENTRIES) {
      throw new IllegalArgumentException(note.getEntriesCount() + " entries in one note");
    }
    List<LoadRecord> records = new ArrayList<>(note.getEntriesCount());
    for (LoadEntry entry : note.getEntriesList()) {
      // What was taken after it was sent would count as fresher than all else for ever.
      long taken = Math.min(entry.getTakenNanos(), note.getSentNanos());
      records.add(
          new LoadRecord(new NodeId(entry.getNode()), load(entry), entry.getSequence(), taken));
    }
    return records;
  }

  static Rumour encode(Hearsay.Rumour rumour) {
    return Rumour.newBuilder()
        .setNode(rumour.node().name())
        .setIncarnation(rumour.incarnation())
        .setDead(rumour.dead())
        .build();
  }

  static List<Hearsay.Rumour> rumours(LoadNote note) {
    if (note.getRumoursCount() > ClusterLimits.RUMOURS) {
      throw new IllegalArgumentException(note.getRumoursCount() + " rumours in one note");
    }
    return note.getRumoursList().stream()
        .map(
            each ->
                new Hearsay.Rumour(
                    new NodeId(each.getNode()),
                    Math.clamp(each.getIncarnation(), 0, MOST_INCARNATION),
                    each.getDead()))
        .toList();
  }

  static NodeLoad load(LoadEntry entry) {
    if (entry.getResourcesCount() > ClusterLimits.RESOURCES) {
      throw new IllegalArgumentException(entry.getResourcesCount() + " resources of one node");
    }
    for (String resource : entry.getResourcesList()) {
      if (resource.length() > ClusterLimits.RESOURCES) {
        throw new IllegalArgumentException("a resource's name of " + resource.length());
      }
    }
    return new NodeLoad(
        within(entry.getRunQueue(), MOST_RUNNABLE),
        Math.clamp(entry.getCores(), 1, MOST_CORES),
        Math.max(1e-3, within(entry.getSpeed(), 1e6)),
        within(entry.getCpuUse(), 1),
        new NodeLoad.Pressure(
            within(entry.getPressureCpu(), 1),
            within(entry.getPressureMemory(), 1),
            within(entry.getPressureIo(), 1)),
        Math.max(0, entry.getMemoryFreeBytes()),
        Math.max(0, entry.getSwapFreeBytes()),
        within(entry.getPagesPerSecond(), Double.MAX_VALUE),
        within(entry.getDiskBytesPerSecond(), Double.MAX_VALUE),
        within(entry.getNetworkBytesPerSecond(), Double.MAX_VALUE),
        Math.max(0, entry.getOwnerIdleNanos()),
        Math.max(0, entry.getForeign()),
        entry.getAccepts(),
        Set.copyOf(entry.getResourcesList()));
  }

  private static double within(double value, double most) {
    if (!Double.isFinite(value) || value < 0) {
      throw new IllegalArgumentException("not a load: " + value);
    }
    return Math.min(value, most);
  }
}
