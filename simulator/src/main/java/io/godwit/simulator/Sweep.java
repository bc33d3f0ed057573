package io.godwit.simulator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The same study over several loads or several sizes of the cluster. */
public final class Sweep {
  private final String varied;
  private final List<Double> values;
  private final List<Study> studies;

  /** One policy's figure over what was varied. */
  record Line(String policy, List<Double> x, List<Double> y) {}

  private Sweep(String varied, List<Double> values, List<Study> studies) {
    this.varied = varied;
    this.values = List.copyOf(values);
    this.studies = List.copyOf(studies);
  }

  /** Over offered loads. */
  public static Sweep overLoads(SimulationOptions options, List<Double> loads) {
    List<Study> studies =
        loads.stream()
            .map(
                load ->
                    Study.run(
                        options.withCluster(
                            options.nodes(),
                            options.demand().workload(),
                            load,
                            options.demand().meanWorkSeconds(),
                            options.demand().durationNanos())))
            .toList();
    return new Sweep("load", loads, studies);
  }

  /** Over numbers of nodes. */
  public static Sweep overNodes(SimulationOptions options, List<Integer> sizes) {
    List<Study> studies =
        sizes.stream()
            .map(
                nodes ->
                    Study.run(
                        options.withCluster(
                            nodes,
                            options.demand().workload(),
                            options.demand().load(),
                            options.demand().meanWorkSeconds(),
                            options.demand().durationNanos())))
            .toList();
    return new Sweep("nodes", sizes.stream().map(Integer::doubleValue).toList(), studies);
  }

  /** One study for each value. */
  public List<Study> studies() {
    return studies;
  }

  /** A table for people, its lines ended. */
  public String table() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < studies.size(); i++) {
      text.append(
          String.format(Locale.ROOT, "%s %s%n%s%n", varied, plain(i), studies.get(i).table()));
    }
    return text.toString();
  }

  /** One line of JSON: the value with the policies of its study, for each value. */
  public String json() {
    StringBuilder json = new StringBuilder("{\"sweep\":[");
    for (int i = 0; i < studies.size(); i++) {
      String policies = studies.get(i).json();
      json.append(i == 0 ? "" : ",")
          .append("{\"")
          .append(varied)
          .append("\":")
          .append(plain(i))
          .append(',')
          .append(policies, 1, policies.length());
    }
    return json.append("]}").toString();
  }

  /**
   * Draws mean response times over loads, or bytes for each node and second over sizes.
   *
   * @throws io.godwit.core.GodwitException if the file cannot be written
   */
  public void chart(Path png) {
    if (varied.equals("nodes")) {
      Charts.lines(
          png,
          "load information sent by each node",
          "nodes",
          "bytes a second",
          true,
          lines(Result::loadBytesPerNodeSecond));
    } else {
      Charts.lines(
          png,
          "mean response time, " + studies.getFirst().options().demand().workload() + " workload",
          "offered load",
          "seconds",
          false,
          lines(Result::meanResponseSeconds));
    }
  }

  private List<Line> lines(ToDoubleFunction<Result> figure) {
    List<Line> lines = new ArrayList<>();
    int policies = studies.getFirst().results().size();
    for (int p = 0; p < policies; p++) {
      int policy = p;
      lines.add(
          new Line(
              studies.getFirst().results().get(p).policy(),
              values,
              studies.stream()
                  .map(study -> figure.applyAsDouble(study.results().get(policy)))
                  .toList()));
    }
    return lines;
  }

  private String plain(int i) {
    double value = values.get(i);
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
