package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import java.util.Locale;

/** {@code godwit explain}. */
public final class ExplainCommand extends DaemonCommand {
  private static final int MAX_DECISIONS = 1_000_000;
  private static final double MILLIS = 1000;

  private final Text what;

  public ExplainCommand(CommandIo io) {
    super(
        io,
        "explain",
        "Tell what the schedulers have decided about a process lately, and why.",
        "Below each decision stands every node and process that was not taken, with the reason.");
    what = optionalArgument("NAME", "The process (default: all decisions, for root).");
    examples("godwit explain job", "sudo godwit explain --json | jq .decisions[-1]");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    if (!what.orElse("").isEmpty()) {
      params.addProperty("what", what.orElse(""));
    }
    JsonObject result = ask(Method.EXPLAIN, params);
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    boolean any = false;
    for (JsonObject each : Fields.of(result, "answer").objects("decisions", MAX_DECISIONS)) {
      any = true;
      print(DecisionView.of(each));
    }
    if (!any) {
      io.out()
          .println(
              "no decision"
                  + (what.orElse("").isEmpty() ? "" : " about '" + what.orElse("") + "'")
                  + " is remembered");
    }
    return 0;
  }

  private void print(DecisionView decision) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%.1f s ago ", decision.ageMillis() / MILLIS));
    line.append(decision.node()).append(": ");
    line.append(decision.kind().toLowerCase(Locale.ROOT));
    if (!decision.process().isEmpty()) {
      line.append(' ').append(decision.process());
    }
    if (!decision.to().isEmpty()) {
      line.append(" -> ").append(decision.to());
    }
    io.out().println(line.append(": ").append(decision.why()));
    decision
        .rejected()
        .forEach(each -> io.out().println("    not " + each.subject() + ": " + each.why()));
  }
}
