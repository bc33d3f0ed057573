package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;

/** {@code godwit metrics}. */
public final class MetricsCommand extends DaemonCommand {
  public MetricsCommand(CommandIo io) {
    super(
        io,
        "metrics",
        "Print the figures of this node in the text format of Prometheus: migrations by result,"
            + " freeze times, processes, jobs, load, decisions, the daemon itself.",
        "The daemon tells the same over HTTP where metrics.listen is set in its configuration.");
    examples(
        "godwit metrics",
        "godwit metrics | grep '^godwit_migrations_total'",
        "godwit metrics > /var/lib/node_exporter/godwit.prom");
  }

  @Override
  public Integer call() {
    JsonObject result = ask(Method.METRICS, new JsonObject());
    if (json.given()) {
      io.out().println(JsonText.write(result));
    } else {
      io.out().print(Fields.of(result, "answer").text("text", ControlLimits.MAX_TEXT));
    }
    return 0;
  }
}
