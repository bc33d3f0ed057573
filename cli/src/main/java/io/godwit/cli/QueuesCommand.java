package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.QueueView;

/** {@code godwit queues}. */
public final class QueuesCommand extends DaemonCommand {
  private static final int MAX_QUEUES = 10_000;

  public QueuesCommand(CommandIo io) {
    super(
        io,
        "queues",
        "List the queues of this node, their limits, and what is in them.",
        "Queues stand in the node's configuration: see docs/manual/configuration.md.");
    examples("godwit queues", "godwit queues --json");
  }

  @Override
  public Integer call() {
    JsonObject result = ask(Method.QUEUES, new JsonObject());
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    TextTable table =
        new TextTable(
            "QUEUE",
            ">PRIORITY",
            ">PENDING",
            ">RUNNING",
            ">USER",
            ">QUEUE",
            ">NODE",
            "NOW",
            "HOURS");
    for (JsonObject each : Fields.of(result, "listing").objects("queues", MAX_QUEUES)) {
      QueueView queue = QueueView.of(each);
      table.row(
          queue.name(),
          Integer.toString(queue.priority()),
          Integer.toString(queue.pending()),
          Integer.toString(queue.running()),
          limit(queue.userJobs(), "any"),
          limit(queue.queueJobs(), "any"),
          limit(queue.nodeJobs(), "cores"),
          queue.open() ? "open" : "closed",
          queue.hours().isEmpty() ? "always" : String.join(", ", queue.hours()));
    }
    table.print(io.out());
    return 0;
  }

  private static String limit(int jobs, String none) {
    return jobs == 0 ? none : Integer.toString(jobs);
  }
}
