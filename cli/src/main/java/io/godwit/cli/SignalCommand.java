package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.SignalNumber;
import java.util.OptionalInt;

/** {@code godwit signal}. */
public final class SignalCommand extends DaemonCommand {
  private final Text what;
  private final Text signal;

  public SignalCommand(CommandIo io) {
    super(io, "signal", "Send a signal to a process, wherever in the cluster it is.");
    what = argument("WHAT", "The name of a process as godwit ps shows it, or its PID.");
    signal = optionalArgument("SIGNAL", "Its name or number (default: SIGTERM).");
    examples("godwit signal job", "godwit signal job SIGUSR1", "godwit signal job 9");
  }

  @Override
  public Integer call() {
    String typed = signal.orElse("SIGTERM");
    OptionalInt number = SignalNumber.parse(typed);
    if (number.isEmpty()) {
      throw signal.bad("'" + typed + "' is no signal; see: kill -l");
    }
    JsonObject params = new JsonObject();
    params.addProperty("what", what.required());
    params.addProperty("signal", number.getAsInt());
    ask(Method.SIGNAL, params);
    if (json.given()) {
      params.addProperty("name", SignalNumber.name(number.getAsInt()));
      io.out().println(JsonText.write(params));
    }
    return 0;
  }
}
