package io.godwit.core.control;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A job, or an array of jobs, for a queue.
 *
 * @param program what is run; its name, where there is one, names the job
 * @param queue null for the default queue
 * @param resources a resource expression; empty where any node will do
 * @param first index of the first job of an array; 0 for a single job
 * @param last index of the last one; 0 for a single job
 * @param everySeconds how often a checkpoint is written, from which the job is restarted when its
 *     node dies; 0 for never
 */
public record JobSpec(
    RunSpec program,
    @Nullable String queue,
    String resources,
    int first,
    int last,
    long everySeconds) {
  /** Jobs of one array. */
  public static final int MAX_ARRAY = 1000;

  /** The highest index of an array. */
  public static final int MAX_INDEX = 999_999;

  /** Characters of a resource expression. */
  public static final int MAX_RESOURCES = 4096;

  /** Longest time between two checkpoints: a week. */
  public static final long MAX_EVERY_SECONDS = 7 * 86_400;

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.add("program", program.toJson());
    json.addProperty("queue", queue);
    json.addProperty("resources", resources);
    json.addProperty("first", first);
    json.addProperty("last", last);
    json.addProperty("everySeconds", everySeconds);
    return json;
  }

  public static JobSpec of(JsonObject json) {
    Fields fields = Fields.of(json, "request to submit");
    int first = (int) fields.number("first", 0, MAX_INDEX, 0);
    int last = (int) fields.number("last", 0, MAX_INDEX, 0);
    if (last < first || (first == 0) != (last == 0) || last - first >= MAX_ARRAY) {
      throw fields.bad(
          "last", first + "-" + last + " is no array of at most " + MAX_ARRAY + " jobs from 1");
    }
    String resources = fields.optionalText("resources", MAX_RESOURCES);
    return new JobSpec(
        RunSpec.of(fields.object("program")),
        PodName.check(fields, fields.optionalText("queue", ControlLimits.MAX_NAME)),
        resources == null ? "" : resources,
        first,
        last,
        fields.number("everySeconds", 0, MAX_EVERY_SECONDS, 0));
  }
}
