package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JobSpec;
import io.godwit.core.control.JobView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.RunSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code godwit submit}. */
public final class SubmitCommand extends DaemonCommand {
  private final Text queue;
  private final Text name;
  private final Text resources;
  private final Text array;
  private final Text every;
  private final Text directory;
  private final Texts program;

  public SubmitCommand(CommandIo io) {
    super(
        io,
        "submit",
        "Hand in a job: it starts when its queue allows it, where there is room, and can be moved"
            + " while it runs.",
        "Its output is kept: godwit logs NAME. This node is its home: it is listed, held and"
            + " released here.");
    queue = option("QUEUE", "The queue (default: the one named default).", "-q", "--queue");
    name = option("NAME", "Its name (default: made from this node's and its number).", "--name");
    resources =
        option(
            "EXPR",
            "What it needs of a node, as 'select[mem >= 2G && ncpus > 1] order[cpu:mem]'.",
            "-R",
            "--resources");
    array =
        option(
            "FIRST-LAST",
            "As many jobs as there are numbers; each finds its own in GODWIT_JOB_INDEX.",
            "--array");
    every =
        option(
            "SPAN",
            "Write a checkpoint so often, as 90s, 10m or 2h; when its node dies the job is"
                + " restarted from the last one.",
            "--every");
    directory = option("DIR", "Its working directory (default: the present one).", "--workdir");
    program = rest("PROGRAM", "The program and its arguments.");
    examples(
        "godwit submit ./simulate --steps 1000000",
        "godwit submit --name sweep --array 1-10 -- sh -c './simulate --seed $GODWIT_JOB_INDEX'",
        "godwit submit --every 10m --resources 'select[x86_64 && mem >= 4G]' -- ./simulate",
        "godwit jobs");
  }

  @Override
  public Integer call() {
    JsonObject result = ask(Method.SUBMIT, specification().toJson());
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    for (JobView job : JobsCommand.jobs(result)) {
      io.out().println(job.id() + " " + job.name());
    }
    return 0;
  }

  private JobSpec specification() {
    int[] span = span();
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> each : io.environment().entrySet()) {
      environment.add(each.getKey() + "=" + each.getValue());
    }
    return new JobSpec(
        RunSpec.unattended(name.podName(), program.values(), environment, directory.directory()),
        queue.value(),
        resources.orElse(""),
        span[0],
        span[1],
        every.span(Duration.ZERO).toSeconds());
  }

  private int[] span() {
    String typed = array.value();
    if (typed == null) {
      return new int[] {0, 0};
    }
    if (!typed.matches("[0-9]{1,6}-[0-9]{1,6}")) {
      throw array.bad("'" + typed + "' is no span of numbers such as 1-10");
    }
    int dash = typed.indexOf('-');
    int first = Integer.parseInt(typed.substring(0, dash));
    int last = Integer.parseInt(typed.substring(dash + 1));
    if (first < 1 || last < first || last - first >= JobSpec.MAX_ARRAY) {
      throw array.bad(
          "'" + typed + "' does not count up from 1 or more, or is more than " + JobSpec.MAX_ARRAY);
    }
    return new int[] {first, last};
  }
}
