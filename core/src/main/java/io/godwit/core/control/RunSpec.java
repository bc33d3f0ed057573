package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to run and how.
 *
 * @param name the pod's name; null lets the daemon choose one
 * @param arguments the program and its arguments; the program is looked up in PATH of {@code
 *     environment} when it holds no slash
 * @param environment entries NAME=value; the whole environment of the program
 * @param workingDirectory an absolute path
 * @param user a user name or number to run as; null for the caller. Others than the caller: root
 *     alone
 * @param node the node to run on; null for this one
 * @param network whether the pod has a network namespace and address of its own
 * @param terminal the window size when standard streams are a terminal; null for three pipes
 * @param stdin whether standard input is connected; /dev/null otherwise. Not asked for a terminal
 */
public record RunSpec(
    @Nullable String name,
    List<String> arguments,
    List<String> environment,
    String workingDirectory,
    @Nullable String user,
    @Nullable String node,
    boolean network,
    @Nullable WindowSize terminal,
    boolean stdin) {
  public RunSpec {
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
  }

  /** A program that nobody attends, run as the caller here, without a terminal or input. */
  public static RunSpec unattended(
      @Nullable String name,
      List<String> arguments,
      List<String> environment,
      String workingDirectory) {
    return new RunSpec(
        name, arguments, environment, workingDirectory, null, null, false, null, false);
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.add("arguments", texts(arguments));
    json.add("environment", texts(environment));
    json.addProperty("workingDirectory", workingDirectory);
    json.addProperty("user", user);
    json.addProperty("node", node);
    json.addProperty("network", network);
    if (terminal != null) {
      json.add("terminal", terminal.toJson());
    }
    json.addProperty("stdin", stdin);
    return json;
  }

  public static RunSpec of(JsonObject json) {
    Fields fields = Fields.of(json, "request to run");
    List<String> arguments =
        fields.texts("arguments", ControlLimits.MAX_ARGUMENTS, ControlLimits.MAX_TEXT);
    if (arguments.isEmpty() || arguments.getFirst().isEmpty()) {
      throw fields.bad("arguments", "there is no program to run");
    }
    String directory = fields.text("workingDirectory", 4096);
    if (!directory.startsWith("/")) {
      throw fields.bad("workingDirectory", "'" + directory + "' is not an absolute path");
    }
    JsonObject terminal = fields.optionalObject("terminal");
    return new RunSpec(
        PodName.check(fields, fields.optionalText("name", ControlLimits.MAX_NAME)),
        arguments,
        fields.texts("environment", ControlLimits.MAX_ARGUMENTS, ControlLimits.MAX_TEXT),
        directory,
        fields.optionalText("user", ControlLimits.MAX_NAME),
        fields.optionalText("node", ControlLimits.MAX_NAME),
        fields.flag("network"),
        terminal == null ? null : WindowSize.of(terminal),
        fields.flag("stdin"));
  }

  private static JsonArray texts(List<String> texts) {
    JsonArray array = new JsonArray(texts.size());
    texts.forEach(array::add);
    return array;
  }
}
