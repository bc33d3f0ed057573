package io.godwit.it.jobs;

import com.google.gson.JsonObject;
import io.godwit.app.Main;
import io.godwit.app.testbed.TestNode;
import io.godwit.cli.CommandIo;
import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobSpec;
import io.godwit.core.control.JobView;
import io.godwit.core.control.Method;
import io.godwit.core.control.QueueView;
import io.godwit.core.control.RunSpec;
import io.godwit.it.cluster.Cluster;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What a command asks of a node about jobs. */
record Desk(TestNode node, Path directory) {
  List<JobView> submit(JobSpec spec) {
    return jobs(Cluster.ask(node, Method.SUBMIT, spec.toJson()));
  }

  /** A job that a shell carries out. */
  JobView submit(String name, String script, long everySeconds) {
    return submit(spec(name, null, "", 0, 0, everySeconds, script)).getFirst();
  }

  JobSpec spec(
      String name,
      String queue,
      String resources,
      int first,
      int last,
      long everySeconds,
      String script) {
    List<String> environment =
        List.of("PATH=" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"), "LANG=C.UTF-8");
    return new JobSpec(
        RunSpec.unattended(name, List.of("sh", "-c", script), environment, directory.toString()),
        queue,
        resources,
        first,
        last,
        everySeconds);
  }

  List<JobView> all() {
    JsonObject params = new JsonObject();
    params.addProperty("ended", true);
    return jobs(Cluster.ask(node, Method.JOBS, params));
  }

  JobView job(String what) {
    JsonObject params = new JsonObject();
    params.addProperty("what", what);
    params.addProperty("ended", true);
    return jobs(Cluster.ask(node, Method.JOBS, params)).getFirst();
  }

  List<JobView> act(String what, JobAction action) {
    JsonObject params = new JsonObject();
    params.addProperty("what", what);
    params.addProperty("action", action.wireName());
    return jobs(Cluster.ask(node, Method.JOB, params));
  }

  List<QueueView> queues() {
    List<QueueView> views = new ArrayList<>();
    Cluster.ask(node, Method.QUEUES, new JsonObject())
        .getAsJsonArray("queues")
        .forEach(each -> views.add(QueueView.of(each.getAsJsonObject())));
    return views;
  }

  private static List<JobView> jobs(JsonObject result) {
    List<JobView> views = new ArrayList<>();
    result.getAsJsonArray("jobs").forEach(each -> views.add(JobView.of(each.getAsJsonObject())));
    return views;
  }

  /** Waits until a job is as it should be. */
  JobView await(String what, String condition, Predicate<JobView> holds) {
    JobView[] last = {job(what)};
    try {
      Cluster.await(
          "job " + what + " " + condition,
          () -> {
            last[0] = job(what);
            return holds.test(last[0]);
          });
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + "; it is " + last[0] + "\n" + node.tail(), late);
    }
    return last[0];
  }

  JobView awaitOver(String what) {
    return await(what, "is over", job -> job.state().isOver());
  }

  /** What a command prints, typed on this node. */
  String godwit(String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    line.addAll(1, List.of("--socket", node.controlSocket().toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandIo io =
        new CommandIo(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin")),
            false,
            false,
            false);
    int status = Main.run(line, io);
    return out.toString(StandardCharsets.UTF_8)
        + (status == 0 ? "" : err.toString(StandardCharsets.UTF_8));
  }

  /** What a job has printed so far. */
  String output(String name) {
    return godwit("logs", name);
  }
}
