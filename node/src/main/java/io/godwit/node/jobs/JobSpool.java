package io.godwit.node.jobs;

import io.godwit.core.GodwitException;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.journal.RecordFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The jobs of this node on disk: one record for each, named by its serial number. */
final class JobSpool {
  private static final Logger LOG = System.getLogger(JobSpool.class.getName());

  private final Path directory;

  JobSpool(Path directory) {
    this.directory = directory;
    DurableFiles.ownedDirectory(directory);
  }

  /** All that is there, in the order of submission; what is damaged is told and left alone. */
  List<Job> read() {
    List<Job> jobs = new ArrayList<>();
    for (Path file : RecordFile.list(directory)) {
      try {
        jobs.add(Job.of(RecordFile.read(file, Job.KIND)));
      } catch (GodwitException damaged) {
        LOG.log(Level.ERROR, "the job of {0} is left alone: {1}", file, damaged.getMessage());
      }
    }
    jobs.sort(java.util.Comparator.comparingLong(job -> job.serial));
    return jobs;
  }

  void write(Job job) {
    job.record().write(file(job));
  }

  void remove(Job job) {
    try {
      DurableFiles.remove(file(job));
    } catch (IOException stays) {
      LOG.log(Level.WARNING, "job {0} is not forgotten: {1}", job.id(), stays.getMessage());
    }
  }

  private Path file(Job job) {
    return directory.resolve("%012d".formatted(job.serial) + RecordFile.SUFFIX);
  }
}
