package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;

/** {@code godwit hold}, {@code release} and {@code cancel}. */
public final class JobActionCommand extends DaemonCommand {
  private final JobAction action;
  private final Text what;

  private JobActionCommand(CommandIo io, JobAction action, String... description) {
    super(io, action.wireName(), description);
    this.action = action;
    what = argument("JOB", "A job's number, as 17 or 17[3], an array's, or a name.");
    examples(
        "godwit " + action.wireName() + " 17",
        "godwit " + action.wireName() + " '17[3]'",
        "godwit " + action.wireName() + " simulate");
  }

  public static JobActionCommand hold(CommandIo io) {
    return new JobActionCommand(
        io,
        JobAction.HOLD,
        "Hold a job: one that waits does not start, one that runs is stopped where it is.",
        "It goes on with: godwit release.");
  }

  public static JobActionCommand release(CommandIo io) {
    return new JobActionCommand(io, JobAction.RELEASE, "Let a job go on that was held.");
  }

  public static JobActionCommand cancel(CommandIo io) {
    return new JobActionCommand(
        io,
        JobAction.CANCEL,
        "Take a job that waits out of its queue; kill one that runs, wherever it is.");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("what", what.required());
    params.addProperty("action", action.wireName());
    JsonObject result = ask(Method.JOB, params);
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    for (JobView job : JobsCommand.jobs(result)) {
      io.out().println(job.id() + " " + job.name() + " " + JobsCommand.state(job));
    }
    return 0;
  }
}
