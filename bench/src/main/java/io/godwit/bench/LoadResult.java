package io.godwit.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.TextTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * What many load layers cost and how well they know each other.
 *
 * @param window records that a node holds at most
 * @param startSeconds until the last of them was started
 * @param convergedSeconds from then until each node's window was full and each node was in
 *     somebody's window; negative if that was not reached
 * @param told share of the nodes that stand in at least one other node's window in the end
 * @param known share of the others that a node knows on average: at most window / (nodes - 1)
 * @param ageSeconds of what the nodes know
 * @param messageBytes of notes and answers that a node sends each second
 * @param wireBytes that went over the loopback device, each second and node: with TLS, HTTP/2, TCP
 *     and all else that used the device meanwhile
 * @param cpuMillis of processor time, each second and node
 * @param suspected pairs of nodes of which one believed the other dead that lived, at the end of
 *     the span
 * @param deaths one for each node that was killed
 */
public record LoadResult(
    int nodes,
    String profile,
    int window,
    double startSeconds,
    double convergedSeconds,
    double seconds,
    double told,
    double known,
    Distribution ageSeconds,
    double notes,
    double lost,
    double messageBytes,
    double wireBytes,
    double cpuMillis,
    int threads,
    long descriptors,
    long heapBytes,
    int suspected,
    List<Death> deaths) {

  /**
   * A node that was killed.
   *
   * @param firstSeconds until the first other knew; negative if none did in time
   * @param allSeconds until all others knew; negative if not all did in time
   */
  public record Death(String node, double firstSeconds, double allSeconds) {}

  public LoadResult {
    deaths = List.copyOf(deaths);
  }

  /** Whether it converged and all heard of all deaths. */
  public boolean complete() {
    return convergedSeconds >= 0 && deaths.stream().allMatch(death -> death.allSeconds() >= 0);
  }

  /** The document that scripts read. */
  public JsonObject json() {
    JsonObject document = new JsonObject();
    document.addProperty("nodes", nodes);
    document.addProperty("profile", profile);
    document.addProperty("window", window);
    document.addProperty("startSeconds", Row.rounded(startSeconds));
    document.addProperty("convergedSeconds", Row.rounded(convergedSeconds));
    document.addProperty("seconds", Row.rounded(seconds));
    document.addProperty("toldShare", Row.rounded(told));
    document.addProperty("knownShare", Row.rounded(known));
    JsonObject age = new JsonObject();
    age.addProperty("median", Row.rounded(ageSeconds.median()));
    age.addProperty("p99", Row.rounded(ageSeconds.quantile(0.99)));
    age.addProperty("max", Row.rounded(ageSeconds.max()));
    document.add("ageSeconds", age);
    document.addProperty("notesPerNodeSecond", Row.rounded(notes));
    document.addProperty("lostNotesPerNodeSecond", Row.rounded(lost));
    document.addProperty("messageBytesPerNodeSecond", Row.rounded(messageBytes));
    document.addProperty("wireBytesPerNodeSecond", Row.rounded(wireBytes));
    document.addProperty("cpuMillisPerNodeSecond", Row.rounded(cpuMillis));
    document.addProperty("threads", threads);
    document.addProperty("descriptors", descriptors);
    document.addProperty("heapBytes", heapBytes);
    document.addProperty("falselySuspected", suspected);
    JsonArray killed = new JsonArray();
    for (Death death : deaths) {
      JsonObject each = new JsonObject();
      each.addProperty("node", death.node());
      each.addProperty("firstSeconds", Row.rounded(death.firstSeconds()));
      each.addProperty("allSeconds", Row.rounded(death.allSeconds()));
      killed.add(each);
    }
    document.add("killed", killed);
    return document;
  }

  /** The table for people. */
  public void print(PrintStream out) {
    TextTable table = new TextTable("OF EACH OF " + nodes + " NODES", ">");
    table.row("views full and every node told of", seconds(convergedSeconds));
    table.row("share of the cluster in a view", percent(known));
    table.row("share of the cluster in some view", percent(told));
    table.row("age of what is known, median", seconds(ageSeconds.median()));
    table.row("age of what is known, oldest", seconds(ageSeconds.max()));
    table.row("notes sent each second", number(notes));
    table.row("of these lost", number(lost));
    table.row("bytes of messages each second", number(messageBytes));
    table.row("bytes on the wire each second", number(wireBytes));
    table.row("processor time each second", number(cpuMillis) + " ms");
    table.row("heap", number(heapBytes / 1024.0 / nodes) + " KiB");
    table.row("threads of all together", Integer.toString(threads));
    table.row("open files of all together", Long.toString(descriptors));
    table.row("living nodes held dead", Integer.toString(suspected));
    for (Death death : deaths) {
      table.row(
          "a killed node is noticed, first and by all",
          seconds(death.firstSeconds()) + ", " + seconds(death.allSeconds()));
    }
    table.print(out);
  }

  private static String seconds(double value) {
    return value < 0 ? "not reached" : String.format(Locale.ROOT, "%.1f s", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
