package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * A queue as a listing shows it. Limits count the jobs that were submitted to the node that is
 * asked.
 *
 * @param userJobs jobs of one user that run at once; 0 for any number
 * @param queueJobs jobs that run at once; 0 for any number
 * @param nodeJobs jobs that run on one node at once; 0 for as many as it has processor cores
 * @param hours when jobs may start; empty for always
 * @param open whether they may now
 * @param pending jobs that wait, held ones included
 * @param running jobs that have started and not ended
 */
public record QueueView(
    String name,
    int priority,
    int userJobs,
    int queueJobs,
    int nodeJobs,
    List<String> hours,
    boolean open,
    int pending,
    int running) {
  private static final int MAX_HOURS = 64;

  public QueueView {
    hours = List.copyOf(hours);
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("priority", priority);
    json.addProperty("userJobs", userJobs);
    json.addProperty("queueJobs", queueJobs);
    json.addProperty("nodeJobs", nodeJobs);
    JsonArray spans = new JsonArray();
    hours.forEach(spans::add);
    json.add("hours", spans);
    json.addProperty("open", open);
    json.addProperty("pending", pending);
    json.addProperty("running", running);
    return json;
  }

  public static QueueView of(JsonObject json) {
    Fields fields = Fields.of(json, "queue");
    return new QueueView(
        fields.text("name", ControlLimits.MAX_NAME),
        (int) fields.number("priority", Integer.MIN_VALUE, Integer.MAX_VALUE, 0),
        (int) fields.number("userJobs", 0, Integer.MAX_VALUE, 0),
        (int) fields.number("queueJobs", 0, Integer.MAX_VALUE, 0),
        (int) fields.number("nodeJobs", 0, Integer.MAX_VALUE, 0),
        fields.texts("hours", MAX_HOURS, ControlLimits.MAX_NAME),
        fields.flag("open"),
        (int) fields.number("pending", 0, Integer.MAX_VALUE, 0),
        (int) fields.number("running", 0, Integer.MAX_VALUE, 0));
  }
}
