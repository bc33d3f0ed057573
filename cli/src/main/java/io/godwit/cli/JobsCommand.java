package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JobView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.SignalNumber;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code godwit jobs}. */
public final class JobsCommand extends DaemonCommand {
  private static final int MAX_JOBS = 100_000;

  private final Flag all;
  private final Text what;

  public JobsCommand(CommandIo io) {
    super(
        io,
        "jobs",
        "List the jobs that were submitted to this node and have not ended.",
        "The last column tells what a job waits for.");
    all = flag("Show jobs that have ended too, as far as they are remembered.", "-a", "--all");
    what = optionalArgument("JOB", "A job's number, an array's, or a name (default: all).");
    examples(
        "godwit jobs                 your jobs; root sees everybody's",
        "godwit jobs 17              one job, or the jobs of an array",
        "godwit jobs --json | jq -r '.jobs[] | select(.state==\"pending\") | .why'");
  }

  @Override
  public Integer call() {
    JsonObject result =
        ask(Method.JOBS, request(what.value(), all.given() || what.value() != null));
    if (json.given()) {
      io.out().println(JsonText.write(result));
    } else {
      print(io, jobs(result));
    }
    return 0;
  }

  /**
   * What to ask a daemon for.
   *
   * @param what which jobs, null for all
   * @param ended those too that have ended
   */
  static JsonObject request(@Nullable String what, boolean ended) {
    JsonObject params = new JsonObject();
    if (what != null) {
      params.addProperty("what", what);
    }
    params.addProperty("ended", ended);
    return params;
  }

  static List<JobView> jobs(JsonObject result) {
    List<JobView> jobs = new ArrayList<>();
    for (JsonObject each : Fields.of(result, "listing").objects("jobs", MAX_JOBS)) {
      jobs.add(JobView.of(each));
    }
    return jobs;
  }

  static void print(CommandIo io, List<JobView> jobs) {
    long now = System.currentTimeMillis();
    TextTable table =
        new TextTable(
            "JOB",
            "NAME",
            "QUEUE",
            "USER",
            "STATE",
            "NODE",
            ">AGE",
            ">RUN",
            "CHECKPOINT",
            "COMMAND",
            "WAITS FOR");
    for (JobView job : jobs) {
      table.row(
          job.id(),
          job.name(),
          job.queue(),
          job.user(),
          state(job),
          job.node().isEmpty() ? "-" : job.node(),
          Quantities.span(now - job.submittedMillis()),
          job.startedMillis() == 0
              ? "-"
              : Quantities.span(
                  (job.endedMillis() == 0 ? now : job.endedMillis()) - job.startedMillis()),
          checkpoint(job, now),
          job.command(),
          job.why());
    }
    table.print(io.out());
  }

  private static String checkpoint(JobView job, long now) {
    if (job.everySeconds() == 0) {
      return "-";
    }
    return job.checkpointMillis() == 0
        ? "none yet"
        : Quantities.span(now - job.checkpointMillis()) + " ago";
  }

  static String state(JobView job) {
    ProcessExit exit = job.exit();
    if (exit == null) {
      return job.state().wireName();
    }
    return exit.signal() != 0
        ? "ended by " + SignalNumber.name(exit.signal())
        : exit.status() == 0 ? "done" : "exited " + exit.status();
  }
}
