package io.godwit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.control.JobView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code godwit history}. */
public final class HistoryCommand extends DaemonCommand {
  private static final String COLUMNS =
      "job,name,queue,user,state,exit_status,signal,node,submitted,started,ended,wait_seconds,"
          + "run_seconds,cpu_seconds,restarts,command";
  private static final double MILLIS = 1000;

  private final Flag csv;
  private final Text what;

  public HistoryCommand(CommandIo io) {
    super(
        io,
        "history",
        "Tell how the jobs of this node have ended, oldest first: exits, waiting and running"
            + " times, processor time, restarts.",
        "The last 2000 are remembered, over restarts of the daemon too.");
    csv = flag("Print comma-separated values with a line of titles; times as ISO 8601.", "--csv");
    what = optionalArgument("JOB", "A job's number, an array's, or a name (default: all).");
    examples(
        "godwit history",
        "godwit history --csv > jobs.csv",
        "godwit history --json | jq '[.jobs[].cpuMillis] | add'");
  }

  @Override
  public Integer call() {
    List<JobView> over =
        JobsCommand.jobs(ask(Method.JOBS, JobsCommand.request(what.value(), true))).stream()
            .filter(job -> job.state().isOver())
            .sorted(java.util.Comparator.comparingLong(JobView::endedMillis))
            .toList();
    if (json.given()) {
      JsonArray jobs = new JsonArray();
      over.forEach(job -> jobs.add(job.toJson()));
      JsonObject document = new JsonObject();
      document.add("jobs", jobs);
      io.out().println(JsonText.write(document));
    } else if (csv.given()) {
      io.out().println(COLUMNS);
      over.forEach(job -> io.out().println(line(job)));
    } else {
      print(over);
    }
    return 0;
  }

  private void print(List<JobView> jobs) {
    TextTable table =
        new TextTable(
            "JOB",
            "NAME",
            "QUEUE",
            "USER",
            "STATE",
            "NODE",
            "ENDED",
            ">WAITED",
            ">RAN",
            ">CPU",
            ">RESTARTS",
            "COMMAND");
    for (JobView job : jobs) {
      table.row(
          job.id(),
          job.name(),
          job.queue(),
          job.user(),
          JobsCommand.state(job),
          job.node().isEmpty() ? "-" : job.node(),
          time(job.endedMillis()),
          Quantities.span(waited(job)),
          Quantities.span(ran(job)),
          Quantities.span(job.cpuMillis()),
          Integer.toString(job.restarts()),
          job.command());
    }
    table.print(io.out());
  }

  private static long waited(JobView job) {
    return (job.startedMillis() == 0 ? job.endedMillis() : job.startedMillis())
        - job.submittedMillis();
  }

  private static long ran(JobView job) {
    return job.startedMillis() == 0 ? 0 : job.endedMillis() - job.startedMillis();
  }

  private static String time(long millis) {
    return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
  }

  private static String line(JobView job) {
    ProcessExit exit = job.exit();
    return Stream.of(
            job.id(),
            job.name(),
            job.queue(),
            job.user(),
            job.state().wireName(),
            exit == null ? "" : Integer.toString(exit.status()),
            exit == null ? "" : Integer.toString(exit.signal()),
            job.node(),
            time(job.submittedMillis()),
            time(job.startedMillis()),
            time(job.endedMillis()),
            Double.toString(waited(job) / MILLIS),
            Double.toString(ran(job) / MILLIS),
            Double.toString(job.cpuMillis() / MILLIS),
            Integer.toString(job.restarts()),
            job.command())
        .map(HistoryCommand::quoted)
        .collect(Collectors.joining(","));
  }

  /** RFC 4180. */
  private static String quoted(String cell) {
    return cell.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ')
        ? cell
        : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
