package io.godwit.node.jobs;

import com.google.gson.JsonObject;
import io.godwit.core.control.JobView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.RunSpec;
import io.godwit.node.journal.RecordFile;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.policy.scheduling.ResourceExpressionParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A job of this node: what was submitted and how far it is. Guarded by the room's monitor but for
 * what never changes.
 */
final class Job {
  static final String KIND = "job";

  final long serial;

  /** 0 for a single job. */
  final int index;

  /** Serial number of the first job of its array, its own for a single job. */
  final long array;

  final String name;
  final String queue;
  final String user;
  final int uid;
  final RunSpec program;
  final ResourceExpression needs;
  final long everySeconds;
  final long submittedMillis;

  JobView.State state = JobView.State.PENDING;
  String node = "";
  long startedMillis;
  long endedMillis;
  long cpuMillis;
  int restarts;
  @Nullable Integer waitStatus;

  /** The last checkpoint that counts; null where there is none. */
  @Nullable Image image;

  /** Numbers the checkpoints, over all restarts. */
  long images;

  // Not kept beyond the daemon.

  String why = "";
  long notBeforeNanos = Long.MIN_VALUE;

  /** Whether a thread is starting, moving, checkpointing or restarting it. */
  boolean busy;

  /** Whether it is being started and has not come to rest where it has its place. */
  boolean starting;

  /** Whether it is wanted dead: no restart any more. */
  boolean killed;

  long checkpointDueNanos;

  /**
   * A checkpoint from which a job can be restarted.
   *
   * @param directory below the place for checkpoints
   * @param written what it had written to its standard streams by then
   */
  record Image(String directory, JobHost.Written written, long writtenMillis) {}

  Job(
      long serial,
      int index,
      long array,
      String name,
      String queue,
      String user,
      int uid,
      RunSpec program,
      ResourceExpression needs,
      long everySeconds,
      long submittedMillis) {
    this.serial = serial;
    this.index = index;
    this.array = array;
    this.name = name;
    this.queue = queue;
    this.user = user;
    this.uid = uid;
    this.program = program;
    this.needs = needs;
    this.everySeconds = everySeconds;
    this.submittedMillis = submittedMillis;
  }

  /** As users name it. */
  String id() {
    return index == 0 ? Long.toString(serial) : array + "[" + index + "]";
  }

  /** Whether it is restarted when its node dies. */
  boolean survives() {
    return everySeconds > 0;
  }

  boolean isOpen() {
    return !state.isOver();
  }

  /** Whether it has a process, as far as is known. */
  boolean hasStarted() {
    return state == JobView.State.RUNNING
        || state == JobView.State.SUSPENDED
        || state == JobView.State.LOST;
  }

  /** Whether it may be tried at this moment, after what failed before. */
  boolean mayTry(long nowNanos) {
    return notBeforeNanos == Long.MIN_VALUE || nowNanos - notBeforeNanos >= 0;
  }

  String command() {
    String line = String.join(" ", program.arguments());
    return line.length() > JobLimits.COMMAND ? line.substring(0, JobLimits.COMMAND) : line;
  }

  JobView view() {
    Integer status = waitStatus;
    Image last = image;
    return new JobView(
        id(),
        name,
        queue,
        user,
        uid,
        command(),
        state,
        node,
        needs.text(),
        everySeconds,
        submittedMillis,
        startedMillis,
        endedMillis,
        last == null ? 0 : last.writtenMillis(),
        restarts,
        cpuMillis,
        status == null ? null : ProcessExit.ofWaitStatus(status),
        why);
  }

  RecordFile record() {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("serial", Long.toString(serial));
    values.put("index", Integer.toString(index));
    values.put("array", Long.toString(array));
    values.put("name", name);
    values.put("queue", queue);
    values.put("user", user);
    values.put("uid", Integer.toString(uid));
    values.put("program", JsonText.write(program.toJson()));
    values.put("resources", needs.text());
    values.put("every", Long.toString(everySeconds));
    values.put("submitted", Long.toString(submittedMillis));
    values.put("state", state.wireName());
    values.put("node", node);
    values.put("started", Long.toString(startedMillis));
    values.put("ended", Long.toString(endedMillis));
    values.put("cpu", Long.toString(cpuMillis));
    values.put("restarts", Integer.toString(restarts));
    values.put("images", Long.toString(images));
    Integer status = waitStatus;
    if (status != null) {
      values.put("status", status.toString());
    }
    Image last = image;
    if (last != null) {
      values.put("image", last.directory());
      values.put("image-output", Long.toString(last.written().outputEnd()));
      values.put("image-error", Long.toString(last.written().errorEnd()));
      values.put("image-written", Long.toString(last.writtenMillis()));
    }
    return new RecordFile(KIND, values);
  }

  static Job of(RecordFile record) {
    JsonObject program =
        JsonText.parseObject(
            ByteBuffer.wrap(record.require("program").getBytes(StandardCharsets.UTF_8)));
    Job job =
        new Job(
            record.requireNumber("serial"),
            (int) record.requireNumber("index"),
            record.requireNumber("array"),
            record.require("name"),
            record.require("queue"),
            record.require("user"),
            (int) record.requireNumber("uid"),
            RunSpec.of(program),
            ResourceExpressionParser.parse(record.require("resources")),
            record.requireNumber("every"),
            record.requireNumber("submitted"));
    JobView.State state = JobView.State.of(record.require("state"));
    job.state = state == null ? JobView.State.HELD : state;
    job.node = record.require("node");
    job.startedMillis = record.requireNumber("started");
    job.endedMillis = record.requireNumber("ended");
    job.cpuMillis = record.requireNumber("cpu");
    job.restarts = (int) record.requireNumber("restarts");
    job.images = record.requireNumber("images");
    if (record.values().containsKey("status")) {
      job.waitStatus = (int) record.requireNumber("status");
    }
    if (record.values().containsKey("image")) {
      job.image =
          new Image(
              record.require("image"),
              new JobHost.Written(
                  record.requireNumber("image-output"), record.requireNumber("image-error")),
              record.requireNumber("image-written"));
    }
    return job;
  }
}
