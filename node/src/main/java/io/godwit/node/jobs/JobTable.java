package io.godwit.node.jobs;

import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.JobSpec;
import io.godwit.core.control.PodName;
import io.godwit.core.control.RunSpec;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.policy.scheduling.ResourceExpressionParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The jobs of this node and their spool. Guarded by the room's monitor. */
final class JobTable {
  private final JobSpool spool;
  private final String self;
  private final Map<Long, Job> jobs = new LinkedHashMap<>();
  private long nextSerial = 1;

  /**
   * @param self the node's name, from which the names of processes are made
   */
  JobTable(JobSpool spool, String self) {
    this.spool = spool;
    this.self = self;
    for (Job job : spool.read()) {
      jobs.put(job.serial, job);
      nextSerial = job.serial + 1;
    }
  }

  List<Job> all() {
    return List.copyOf(jobs.values());
  }

  /** The job of that serial number, which is there. */
  Job get(long serial) {
    Job job = jobs.get(serial);
    if (job == null) {
      throw new IllegalStateException("there is no job " + serial);
    }
    return job;
  }

  List<Job> open() {
    return jobs.values().stream().filter(Job::isOpen).toList();
  }

  /** The open job whose process has that name. */
  Optional<Job> ofPod(String pod) {
    return open().stream().filter(job -> job.name.equals(pod)).findFirst();
  }

  /** Those that a user means by an id, an array's number or a name; open ones before others. */
  List<Job> named(String what) {
    List<Job> found = jobs.values().stream().filter(job -> job.id().equals(what)).toList();
    if (found.isEmpty()) {
      found =
          jobs.values().stream()
              .filter(job -> job.index > 0 && Long.toString(job.array).equals(what))
              .toList();
    }
    if (found.isEmpty()) {
      found = jobs.values().stream().filter(job -> job.name.equals(what)).toList();
      List<Job> open = found.stream().filter(Job::isOpen).toList();
      found = open.isEmpty() ? found : open;
    }
    if (found.isEmpty()) {
      throw new GodwitException(
          JobError.UNKNOWN_JOB,
          "looking for job '" + what + "'",
          "no job of node " + self + " has that number or name",
          "list them with 'godwit jobs --all'; a job is known where it was submitted");
    }
    return found;
  }

  /** Takes in what was submitted; all of it is in the spool when this returns, or nothing is. */
  List<Job> add(JobSpec spec, String queue, int uid, String user, long nowMillis) {
    int count = spec.last() - spec.first() + 1;
    Map<String, Job> open = new HashMap<>();
    open().forEach(job -> open.put(job.name, job));
    if (open.size() + count > JobLimits.OPEN_JOBS) {
      throw new GodwitException(
          JobError.FULL,
          "submitting " + count + " jobs",
          "node " + self + " holds " + open.size() + " already",
          "wait until some have ended, or submit on another node");
    }
    ResourceExpression needs = ResourceExpressionParser.parse(spec.resources());
    List<Job> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long serial = nextSerial + i;
      int index = spec.first() == 0 ? 0 : spec.first() + i;
      String name = name(spec.program().name(), nextSerial, index);
      Job holder = open.get(name);
      if (holder != null) {
        throw new GodwitException(
            JobError.NAME_TAKEN,
            "submitting '" + name + "'",
            "job " + holder.id() + " of that name has not ended",
            "choose another --name");
      }
      made.add(
          new Job(
              serial,
              index,
              nextSerial,
              name,
              queue,
              user,
              uid,
              program(spec.program(), name, nextSerial, index),
              needs,
              spec.everySeconds(),
              nowMillis));
    }
    keep(made);
    nextSerial += count;
    forgetOldest();
    return made;
  }

  private void keep(List<Job> made) {
    int kept = 0;
    try {
      for (Job job : made) {
        spool.write(job);
        kept++;
      }
    } finally {
      if (kept < made.size()) {
        made.subList(0, kept).forEach(spool::remove);
      }
    }
    made.forEach(job -> jobs.put(job.serial, job));
  }

  private String name(@Nullable String chosen, long array, int index) {
    String suffix = index == 0 ? "" : "-" + index;
    String base = chosen == null ? "job-" + self + "-" + array : chosen;
    int room = ControlLimits.MAX_NAME - suffix.length();
    String name = (base.length() > room ? base.substring(0, room) : base) + suffix;
    if (!PodName.isValid(name)) {
      throw new IllegalStateException("no name for a process: " + name);
    }
    return name;
  }

  /** Each job of an array is told which one it is. */
  private static RunSpec program(RunSpec given, String name, long array, int index) {
    List<String> environment = new ArrayList<>(given.environment());
    environment.removeIf(each -> each.startsWith("GODWIT_JOB"));
    environment.add("GODWIT_JOB=" + array);
    if (index > 0) {
      environment.add("GODWIT_JOB_INDEX=" + index);
    }
    return new RunSpec(
        name,
        given.arguments(),
        environment,
        given.workingDirectory(),
        null,
        null,
        given.network(),
        null,
        false);
  }

  /** What has changed is on disk when this returns. */
  void changed(Job job) {
    spool.write(job);
    if (!job.isOpen()) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    List<Job> over =
        jobs.values().stream()
            .filter(job -> !job.isOpen())
            .sorted(java.util.Comparator.comparingLong(job -> job.endedMillis))
            .toList();
    for (int i = 0; i < over.size() - JobLimits.ENDED_KEPT; i++) {
      spool.remove(over.get(i));
      jobs.remove(over.get(i).serial);
    }
  }
}
