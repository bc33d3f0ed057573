package io.godwit.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.godwit.app.testbed.TestNode;
import io.godwit.cli.ControlClient;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeAction;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProfileView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What administrators and owners of nodes ask of a cluster, with real daemons and programs. */
class AdministrationTest {
  private static final String SETTINGS =
      """

      [cluster]
      profile = "steady"
      evacuate-seconds = 15
      """;

  private static final int DRAINED = 20;
  private static final int GUESTS = 4;
  private static final int SIGKILL = 9;
  private static Cluster cluster;

  @TempDir private Path directory;
  private final List<String> started = new ArrayList<>();

  @BeforeAll
  static void begin() {
    Cluster.assumePossible();
    cluster = Cluster.of(node -> node.start(List.of(), SETTINGS), "alpha", "beta", "gamma");
    // The default but for one thing: nothing moves unless somebody asks for it.
    String text = profile(cluster.node("alpha")).text();
    String asked = text.replace("min-age = \"0s\"", "min-age = \"1h\"");
    assertThat(asked).isNotEqualTo(text);
    use("alpha", "asked", asked);
  }

  @AfterAll
  static void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void endPrograms() {
    TestNode home = cluster.node("alpha");
    for (String name : started) {
      JsonObject kill = new JsonObject();
      kill.addProperty("what", name);
      kill.addProperty("signal", SIGKILL);
      Cluster.ask(home, Method.SIGNAL, kill);
      Cluster.await(home, name);
    }
  }

  @Test
  void aDrainOfTwentyLosesNoneAndAnUndrainOpensTheNodeAgain() throws Exception {
    TestNode alpha = cluster.node("alpha");
    for (int i = 0; i < DRAINED; i++) {
      tick(alpha, "drained" + i);
    }
    List<DrainView> told = new ArrayList<>();
    DrainView report = administer(alpha, "alpha", NodeAction.DRAIN, 0, told);
    assertThat(report.left()).as("%s", report).isZero();
    assertThat(report.outcomes()).hasSize(DRAINED).allMatch(each -> !each.to().isEmpty());
    assertThat(told).isNotEmpty();
    Map<String, String> ticks = ticks();
    for (String name : started) {
      Cluster.await(name + " is known elsewhere", () -> !where(alpha, name).equals("alpha"));
      Cluster.await(name + " still ticks", () -> !read(name).equals(ticks.get(name)));
    }
    assertThatThrownBy(() -> Cluster.move(cluster.node("beta"), on("beta"), alpha))
        .hasMessageContaining("drained");
    Cluster.await("beta sees it closed", () -> !ready(cluster.node("beta"), "alpha"));
    // From another node: it is opened again.
    administer(cluster.node("beta"), "alpha", NodeAction.UNDRAIN, 0, new ArrayList<>());
    Cluster.await("beta sees it open", () -> ready(cluster.node("beta"), "alpha"));
    Cluster.move(cluster.node("beta"), on("beta"), alpha);
    List<DecisionView> decisions = explain(alpha, started.getFirst());
    assertThat(decisions).anyMatch(d -> d.kind().equals("DRAIN") && d.node().equals("alpha"));
    assertThat(decisions.stream().filter(d -> d.kind().equals("DRAIN")).findFirst().orElseThrow())
        .satisfies(d -> assertThat(d.why()).contains("being drained"))
        .satisfies(d -> assertThat(d.process()).isEqualTo(started.getFirst()))
        .satisfies(d -> assertThat(d.rejected()).isNotEmpty());
  }

  @Test
  void guestsLeaveWhenTheOwnerReturns() throws Exception {
    TestNode alpha = cluster.node("alpha");
    for (int i = 0; i < GUESTS; i++) {
      tick(alpha, "guest" + i);
      Cluster.move(alpha, "guest" + i, cluster.node("beta"));
    }
    DrainView report =
        administer(alpha, "beta", NodeAction.OWNER_RETURNED, 30_000, new ArrayList<>());
    assertThat(report.left()).as("%s", report).isZero();
    Map<String, String> ticks = ticks();
    for (String name : started) {
      Cluster.await(name + " has left", () -> !where(alpha, name).equals("beta"));
      Cluster.await(name + " still ticks", () -> !read(name).equals(ticks.get(name)));
    }
    String guest = started.getFirst();
    TestNode holder = cluster.node(where(alpha, guest));
    assertThatThrownBy(() -> Cluster.move(holder, guest, cluster.node("beta")))
        .hasMessageContaining("owner");
    administer(alpha, "beta", NodeAction.OWNER_LEFT, 0, new ArrayList<>());
    Cluster.move(holder, guest, cluster.node("beta"));
    assertThat(explain(alpha, guest)).anyMatch(d -> d.kind().equals("EVICT"));
  }

  @Test
  void processesLeaveADaemonThatIsToldToStop() throws Exception {
    TestNode alpha = cluster.node("alpha");
    TestNode gamma = cluster.node("gamma");
    for (int i = 0; i < GUESTS; i++) {
      tick(alpha, "evacuated" + i);
      Cluster.move(alpha, "evacuated" + i, gamma);
    }
    gamma.stopDaemon();
    for (String name : started) {
      assertThat(gamma.runs(name)).as("%s on the stopped node", name).isFalse();
    }
    Map<String, String> ticks = ticks();
    for (String name : started) {
      Cluster.await(name + " is known elsewhere", () -> !where(alpha, name).equals("gamma"));
      Cluster.await(name + " still ticks", () -> !read(name).equals(ticks.get(name)));
    }
    // The next daemon takes processes again.
    cluster.restart(gamma);
    Cluster.move(cluster.node(where(alpha, started.getFirst())), started.getFirst(), gamma);
  }

  @Test
  void aProfileChosenOnOneNodeIsUsedByAll() throws Exception {
    String text;
    try (var in = ProfileView.class.getResourceAsStream("/io/godwit/profiles/none.toml")) {
      text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    ProfileView before = profile(cluster.node("gamma"));
    assertThat(before.name()).isEqualTo("asked");
    use("beta", "none", text);
    use("alpha", "asked", before.text());
    assertThatThrownBy(() -> choose(cluster.node("alpha"), "bad", "[load]\nperiods = 1"))
        .hasMessageContaining("periods");
    assertThat(profile(cluster.node("alpha")).name()).isEqualTo("asked");
  }

  @Test
  void everyNodeKnowsTheLoadOfAllAndHowOldThatIs() {
    for (TestNode node : cluster.testbed().nodes()) {
      Cluster.await(
          node.name() + " knows fresh load of all",
          () ->
              nodes(node).stream()
                  .allMatch(each -> each.ageMillis() >= 0 && each.ageMillis() < 10_000));
    }
  }

  private void tick(TestNode home, String name) {
    Cluster.run(
        home,
        name,
        directory,
        List.of(
            "sh", "-c", "n=0; while :; do n=$((n+1)); echo $n > " + name + "; sleep 0.05; done"));
    started.add(name);
    Cluster.await(name + " ticks", () -> Files.exists(directory.resolve(name)));
  }

  private Map<String, String> ticks() {
    Map<String, String> ticks = new TreeMap<>();
    started.forEach(name -> ticks.put(name, read(name)));
    return ticks;
  }

  private String read(String name) {
    try {
      return Files.readString(directory.resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String on(String node) {
    return started.stream()
        .filter(name -> where(cluster.node(node), name).equals(node))
        .findFirst()
        .orElseThrow();
  }

  private static String where(TestNode asked, String name) {
    return Cluster.process(asked, name).node();
  }

  private static List<NodeView> nodes(TestNode asked) {
    List<NodeView> views = new ArrayList<>();
    Cluster.ask(asked, Method.NODES, new JsonObject())
        .getAsJsonArray("nodes")
        .forEach(each -> views.add(NodeView.of(each.getAsJsonObject())));
    return views;
  }

  private static boolean ready(TestNode asked, String node) {
    return nodes(asked).stream()
        .anyMatch(each -> each.name().equals(node) && each.state() == NodeView.State.READY);
  }

  private static ProfileView profile(TestNode node) {
    return ProfileView.of(Cluster.ask(node, Method.PROFILE, new JsonObject()));
  }

  /** Chooses a profile on one node and waits until all follow it. */
  private static void use(String chosenOn, String name, String text) {
    choose(cluster.node(chosenOn), name, text);
    for (TestNode node : cluster.testbed().nodes()) {
      Cluster.await(node.name() + " uses " + name, () -> profile(node).name().equals(name));
    }
  }

  private static void choose(TestNode node, String name, String text) {
    JsonObject params = new JsonObject();
    params.addProperty("name", name);
    params.addProperty("text", text);
    Cluster.ask(node, Method.PROFILE, params);
  }

  private static List<DecisionView> explain(TestNode node, String what) {
    JsonObject params = new JsonObject();
    params.addProperty("what", what);
    List<DecisionView> views = new ArrayList<>();
    Cluster.ask(node, Method.EXPLAIN, params)
        .getAsJsonArray("decisions")
        .forEach(each -> views.add(DecisionView.of(each.getAsJsonObject())));
    return views;
  }

  private static DrainView administer(
      TestNode asked, String node, NodeAction action, long waitMillis, List<DrainView> told) {
    JsonObject params = new JsonObject();
    params.addProperty("node", node);
    params.addProperty("action", action.wireName());
    params.addProperty("waitMillis", waitMillis);
    try (ControlClient client = ControlClient.connect(asked.controlSocket())) {
      return DrainView.of(
          client.ask(
              Method.ADMINISTER,
              params,
              (ControlMessage.Event event) -> told.add(DrainView.of(event.data()))));
    }
  }
}
