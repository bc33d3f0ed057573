package io.godwit.node.migration;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.journal.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * What a node remembers of one migration beyond its own death.
 *
 * @param migration unique name of the attempt
 * @param side which part this node has in it
 * @param epoch under which the process runs if the migration commits
 * @param peer the other node
 * @param home the node where the process was started
 */
record MigrationRecord(
    String migration,
    Phase.Side side,
    Stage stage,
    String pod,
    Epoch epoch,
    NodeId peer,
    NodeId home) {
  private static final String KIND = "migration";

  /** The stages that are worth a record. */
  enum Stage {
    /** Source: the commit is decided. */
    COMMITTING,
    /** Source: the destination has it. */
    GONE,
    /** Destination: complete, waiting for the commit. */
    PREPARED,
    /** Destination: taken. */
    RUNNING
  }

  MigrationRecord at(Stage next) {
    return new MigrationRecord(migration, side, next, pod, epoch, peer, home);
  }

  /** Durably. */
  void write(Path journal) {
    toRecord().write(file(journal));
  }

  /** Beyond the daemon's death, perhaps not the machine's; not before it is committed. */
  RecordFile.Staged stage(Path journal) {
    return toRecord().stage(file(journal));
  }

  private RecordFile toRecord() {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("migration", migration);
    values.put("side", side.name().toLowerCase(Locale.ROOT));
    values.put("stage", stage.name().toLowerCase(Locale.ROOT));
    values.put("pod", pod);
    values.put("epoch", epoch.toString());
    values.put("peer", peer.name());
    values.put("home", home.name());
    return new RecordFile(KIND, values);
  }

  void remove(Path journal) throws IOException {
    DurableFiles.remove(file(journal));
  }

  private Path file(Path journal) {
    return journal.resolve(
        migration + "." + side.name().toLowerCase(Locale.ROOT) + RecordFile.SUFFIX);
  }

  static List<MigrationRecord> list(Path journal) {
    List<MigrationRecord> records = new ArrayList<>();
    for (Path file : RecordFile.list(journal)) {
      RecordFile record = RecordFile.read(file, KIND);
      records.add(
          new MigrationRecord(
              record.require("migration"),
              Phase.Side.valueOf(record.require("side").toUpperCase(Locale.ROOT)),
              Stage.valueOf(record.require("stage").toUpperCase(Locale.ROOT)),
              record.require("pod"),
              new Epoch(record.requireNumber("epoch")),
              new NodeId(record.require("peer")),
              new NodeId(record.require("home"))));
    }
    return records;
  }
}
