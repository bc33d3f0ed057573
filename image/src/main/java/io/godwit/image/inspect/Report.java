package io.godwit.image.inspect;

import com.google.gson.JsonObject;
import io.godwit.core.ExitStatus;
import java.util.List;

/**
 * An answer.
 *
 * @param lines for people
 * @param json for scripts
 * @param status what the command exits with
 */
public record Report(List<String> lines, JsonObject json, ExitStatus status) {
  public Report {
    lines = List.copyOf(lines);
  }

  /** All lines, each ended. */
  public String text() {
    return String.join("\n", lines) + "\n";
  }
}
