package io.godwit.node.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlError;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobSpec;
import io.godwit.core.control.JobView;
import io.godwit.core.control.QueueView;
import java.util.List;

/** Checks requests about jobs, as {@link RequestHandler} does the others. */
final class JobRequests {
  private final NodeOperations operations;
  private final Caller caller;

  JobRequests(NodeOperations operations, Caller caller) {
    this.operations = operations;
    this.caller = caller;
  }

  JsonObject submit(JsonObject params) {
    JobSpec spec = JobSpec.of(params);
    if (spec.program().user() != null) {
      throw new GodwitException(
          ControlError.BAD_VALUE,
          "the job was not submitted",
          "jobs run as who submits them",
          "leave out the user, or use sudo -u");
    }
    return listing(operations.jobs().submit(caller.uid(), caller.user(), spec));
  }

  JsonObject jobs(Fields fields) {
    String what = fields.optionalText("what", ControlLimits.MAX_NAME);
    List<JobView> all = operations.jobs().jobs(what, fields.flag("ended"));
    return listing(all.stream().filter(job -> caller.mayActOn(job.uid())).toList());
  }

  JsonObject act(Fields fields) {
    String what = fields.text("what", ControlLimits.MAX_NAME);
    String word = fields.text("action", ControlLimits.MAX_NAME);
    JobAction action = JobAction.of(word);
    if (action == null) {
      throw fields.bad("action", "'" + word + "' is unknown");
    }
    for (JobView job : operations.jobs().jobs(what, true)) {
      if (!caller.mayActOn(job.uid())) {
        throw new GodwitException(
            ControlError.NOT_OWNER,
            "job " + job.id() + " was left alone",
            "it belongs to user " + job.user() + ", you are " + caller.user(),
            "act on your own jobs (godwit jobs), or use sudo");
      }
    }
    return listing(operations.jobs().act(what, action));
  }

  JsonObject queues() {
    JsonArray queues = new JsonArray();
    for (QueueView queue : operations.jobs().queues()) {
      queues.add(queue.toJson());
    }
    JsonObject result = new JsonObject();
    result.add("queues", queues);
    return result;
  }

  private static JsonObject listing(List<JobView> views) {
    JsonArray jobs = new JsonArray();
    for (JobView job : views) {
      jobs.add(job.toJson());
    }
    JsonObject result = new JsonObject();
    result.add("jobs", jobs);
    return result;
  }
}
