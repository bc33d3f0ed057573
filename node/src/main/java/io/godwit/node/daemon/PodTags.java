package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.journal.RecordFile;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.policy.scheduling.ResourceExpressionParser;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What goes with a pod wherever it goes besides what its processes are: what it needs of any node,
 * and whether it needs a lease. On disk; most pods have none. Safe from any thread.
 */
final class PodTags {
  private static final Logger LOG = System.getLogger(PodTags.class.getName());
  private static final String KIND = "tag";

  /** What most pods have. */
  static final Tag PLAIN = new Tag(ResourceExpression.ANY, false);

  private final Path directory;
  private final Map<String, Tag> tags = new ConcurrentHashMap<>();

  /**
   * @param leased whether it may run away from its home only under a lease
   */
  record Tag(ResourceExpression needs, boolean leased) {}

  PodTags(Path directory) {
    this.directory = directory;
    DurableFiles.ownedDirectory(directory);
    for (Path file : RecordFile.list(directory)) {
      try {
        RecordFile record = RecordFile.read(file, KIND);
        tags.put(
            record.require("name"),
            new Tag(
                ResourceExpressionParser.parse(record.require("needs")),
                record.require("leased").equals("true")));
      } catch (GodwitException damaged) {
        LOG.log(Level.ERROR, "{0} is left alone: {1}", file, damaged.getMessage());
      }
    }
  }

  Tag of(String pod) {
    return tags.getOrDefault(pod, PLAIN);
  }

  /** On disk when this returns. */
  void put(String pod, Tag tag) {
    if (tag.equals(PLAIN)) {
      remove(pod);
      return;
    }
    TreeMap<String, String> values = new TreeMap<>();
    values.put("name", pod);
    values.put("needs", tag.needs().text());
    values.put("leased", Boolean.toString(tag.leased()));
    new RecordFile(KIND, values).write(file(pod));
    tags.put(pod, tag);
  }

  private void remove(String pod) {
    if (tags.remove(pod) != null) {
      try {
        DurableFiles.remove(file(pod));
      } catch (IOException stays) {
        LOG.log(Level.WARNING, "the tag of {0} stays: {1}", pod, stays.getMessage());
      }
    }
  }

  /** Forgets those of pods that are no more. */
  void retain(Predicate<String> known) {
    tags.keySet().stream().filter(pod -> !known.test(pod)).toList().forEach(this::remove);
  }

  private Path file(String pod) {
    return directory.resolve(pod + RecordFile.SUFFIX);
  }
}
