package io.godwit.node;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Spelling;
import io.godwit.core.control.PodName;
import io.godwit.node.jobs.JobSettings;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.registry.RegistrySettings;
import io.godwit.node.security.Addresses;
import io.godwit.policy.jobs.Hours;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a {@link Configuration} from TOML and reports all problems of the file at once. */
public final class ConfigurationReader {
  static final Set<String> KEYS =
      new TreeSet<>(
          List.of(
              "node.name",
              "node.state",
              "network.listen",
              "network.advertise",
              "network.page-port",
              "network.encrypt-pages",
              "guest.accept",
              "guest.max-processes",
              "guest.users",
              "guest.memory-reserve-mib",
              "guest.nice",
              "migration.ready-timeout-seconds",
              "visits.keep-mib",
              "visits.keep-seconds",
              "cluster.profile",
              "cluster.cores",
              "cluster.evacuate-seconds",
              "jobs.checkpoints",
              "jobs.lease-seconds",
              "owner.watch",
              "owner.idle-seconds",
              "owner.load",
              "store.directory",
              "store.node",
              "store.limit-mib",
              "store.retention-hours",
              "registry.voters",
              "registry.enabled",
              "registry.port",
              "registry.log-mib",
              "metrics.listen"));

  /** A typing slip changes at most this many characters. */
  private static final int SLIP = 3;

  /** What each table [queue.NAME] may hold. */
  static final Set<String> QUEUE_KEYS =
      new TreeSet<>(List.of("priority", "user-jobs", "queue-jobs", "node-jobs", "hours"));

  private static final String QUEUE = "queue";
  private static final long MOST_LEASE_SECONDS = 3600;
  private static final long MOST_KEPT_MIB = 1 << 18;
  private static final long MOST_KEPT_SECONDS = 30 * 86400;
  private static final long MOST_LOG_MIB = 1024;
  private static final int MOST_JOBS = 1_000_000;

  private final TomlParseResult toml;
  private final List<String> problems = new ArrayList<>();

  private ConfigurationReader(TomlParseResult toml) {
    this.toml = toml;
  }

  /**
   * Reads a file.
   *
   * @param state overrides node.state, for --state
   */
  public static Configuration read(Path file, @Nullable Path state) {
    try {
      String text =
          new String(
              DurableFiles.read(file, NodeLimits.CONFIGURATION_BYTES), StandardCharsets.UTF_8);
      return parse(text, file.toString(), state);
    } catch (IOException failed) {
      throw new GodwitException(
          NodeError.CONFIGURATION,
          "reading the configuration " + file,
          failed.getClass().getSimpleName() + ": " + failed.getMessage(),
          "name an existing file with --config, or none to use the defaults",
          failed);
    }
  }

  /** Reads a text; {@code source} is its name in messages. */
  public static Configuration parse(String text, String source, @Nullable Path state) {
    ConfigurationReader reader = new ConfigurationReader(Toml.parse(text));
    Configuration configuration = reader.configuration(state);
    if (!reader.problems.isEmpty()) {
      throw new GodwitException(
          NodeError.CONFIGURATION,
          "reading the configuration " + source,
          String.join("; ", reader.problems),
          "correct the file; its keys are described in docs/manual/configuration.md");
    }
    return configuration;
  }

  private Configuration configuration(@Nullable Path stateOption) {
    toml.errors().forEach(e -> problems.add("line " + e.position().line() + ": " + e.getMessage()));
    checkKeys();
    String nameText = text("node.name", hostName());
    NodeId name = new NodeId("unnamed");
    try {
      name = new NodeId(nameText);
    } catch (IllegalArgumentException malformed) {
      problem("node.name", String.valueOf(malformed.getMessage()));
    }
    String stateText = text("node.state", Configuration.DEFAULT_STATE);
    Path state = stateOption == null ? Path.of(stateText) : stateOption;
    if (stateOption == null && !state.isAbsolute()) {
      problem("node.state", "'" + stateText + "' is not an absolute path");
    }
    Configuration defaults = Configuration.defaults(name, state);
    String listen = address("network.listen", defaults.listen());
    int port = listen.isEmpty() ? Configuration.DEFAULT_PORT : portOf(listen);
    String advertise = address("network.advertise", name + ":" + port);
    return new Configuration(
        name,
        state,
        listen,
        advertise,
        (int) number("network.page-port", defaults.pagePort(), 0, 65535),
        flag("network.encrypt-pages", defaults.encryptPages()),
        flag("guest.accept", defaults.accept()),
        (int) number("guest.max-processes", defaults.maxForeignProcesses(), 0, 1_000_000),
        texts("guest.users"),
        number("guest.memory-reserve-mib", defaults.memoryReserveBytes() >> 20, 0, 1L << 30) << 20,
        Duration.ofSeconds(
            number(
                "migration.ready-timeout-seconds", defaults.readyTimeout().toSeconds(), 1, 86400)),
        scheduling(defaults.scheduling()),
        jobs(),
        store(defaults.store()),
        address("metrics.listen", ""),
        visits(defaults.visits()),
        registry());
  }

  private RegistrySettings registry() {
    List<RegistrySettings.VoterAddress> voters = new ArrayList<>();
    for (String text : texts("registry.voters")) {
      try {
        voters.add(RegistrySettings.VoterAddress.parse(text));
      } catch (IllegalArgumentException malformed) {
        problem("registry.voters", String.valueOf(malformed.getMessage()));
        return RegistrySettings.NONE;
      } catch (GodwitException malformed) {
        problem("registry.voters", "'" + text + "': " + malformed.why());
        return RegistrySettings.NONE;
      }
    }
    int port = (int) number("registry.port", RegistrySettings.DEFAULT_PORT, 1, 65535);
    long logBytes =
        number("registry.log-mib", RegistrySettings.NONE.logBytes() >> 20, 1, MOST_LOG_MIB) << 20;
    boolean enabled = flag("registry.enabled", toml.contains("registry.voters"));
    if (!enabled) {
      return RegistrySettings.NONE;
    }
    RegistrySettings.complaint(voters)
        .ifPresent(
            what ->
                problem(
                    toml.contains("registry.voters") ? "registry.voters" : "registry.enabled",
                    what));
    return new RegistrySettings(voters, port, logBytes);
  }

  private Configuration.Visits visits(Configuration.Visits defaults) {
    long mebibytes = number("visits.keep-mib", -1, 0, MOST_KEPT_MIB);
    return new Configuration.Visits(
        mebibytes < 0 ? defaults.keepBytes() : mebibytes << 20,
        Duration.ofSeconds(
            number("visits.keep-seconds", defaults.time().toSeconds(), 1, MOST_KEPT_SECONDS)));
  }

  private Configuration.Store store(Configuration.Store defaults) {
    String directory = text("store.directory", "");
    if (!directory.isEmpty() && !directory.startsWith("/")) {
      problem("store.directory", "'" + directory + "' is not an absolute path");
    }
    String nodeText = text("store.node", "");
    NodeId node = null;
    if (!nodeText.isEmpty()) {
      try {
        node = new NodeId(nodeText);
      } catch (IllegalArgumentException malformed) {
        problem("store.node", String.valueOf(malformed.getMessage()));
      }
      if (!directory.isEmpty()) {
        problem("store.node", "store.directory is given too: pages go to one of the two");
      }
    }
    return new Configuration.Store(
        directory.isEmpty() ? null : Path.of(directory),
        node,
        number("store.limit-mib", defaults.limitBytes() >> 20, 0, 1L << 30) << 20,
        Duration.ofHours(
            number("store.retention-hours", defaults.retention().toHours(), 1, 24 * 366)));
  }

  private JobSettings jobs() {
    String checkpoints = text("jobs.checkpoints", "");
    if (!checkpoints.isEmpty() && !checkpoints.startsWith("/")) {
      problem("jobs.checkpoints", "'" + checkpoints + "' is not an absolute path");
    }
    Duration lease =
        Duration.ofSeconds(
            number("jobs.lease-seconds", JobSettings.LEASE.toSeconds(), 2, MOST_LEASE_SECONDS));
    Map<String, JobSettings.Queue> queues = new LinkedHashMap<>();
    TomlTable tables = toml.isTable(QUEUE) ? toml.getTable(QUEUE) : null;
    if (tables != null) {
      for (String name : tables.keySet()) {
        if (tables.isTable(name) && PodName.isValid(name)) {
          queues.put(name, queue(name));
        } else {
          problem(QUEUE + "." + name, "a queue is a table [queue.NAME] with a name such as night");
        }
      }
    }
    if (queues.isEmpty()) {
      queues.putAll(JobSettings.DEFAULT.queues());
    }
    return new JobSettings(queues, checkpoints.isEmpty() ? null : Path.of(checkpoints), lease);
  }

  private JobSettings.Queue queue(String name) {
    String at = QUEUE + "." + name + ".";
    List<String> hours = texts(at + "hours");
    try {
      Hours understood = Hours.parse(hours);
      assert understood.spans().size() == hours.size();
    } catch (IllegalArgumentException malformed) {
      problem(at + "hours", String.valueOf(malformed.getMessage()));
      hours = List.of();
    }
    return JobSettings.Queue.of(
        name,
        (int) number(at + "priority", 0, -MOST_JOBS, MOST_JOBS),
        (int) number(at + "user-jobs", 0, 0, MOST_JOBS),
        (int) number(at + "queue-jobs", 0, 0, MOST_JOBS),
        (int) number(at + "node-jobs", 0, 0, MOST_JOBS),
        hours);
  }

  private static boolean ofQueue(String key) {
    String[] parts = key.split("\\.", -1);
    return parts.length == 3 && parts[0].equals(QUEUE) && QUEUE_KEYS.contains(parts[2]);
  }

  private Configuration.Scheduling scheduling(Configuration.Scheduling defaults) {
    return new Configuration.Scheduling(
        text("cluster.profile", defaults.profile()),
        (int) number("cluster.cores", defaults.cores(), 0, 1 << 16),
        Duration.ofSeconds(
            number("cluster.evacuate-seconds", defaults.evacuateTime().toSeconds(), 0, 86400)),
        (int) number("guest.nice", defaults.niceness(), 0, 19),
        flag("owner.watch", defaults.watchesOwner()),
        Duration.ofSeconds(
            number("owner.idle-seconds", defaults.ownerIdle().toSeconds(), 1, 86400)),
        real("owner.load", defaults.ownerLoad()));
  }

  private void checkKeys() {
    for (String key : toml.dottedKeySet()) {
      if (!KEYS.contains(key) && !ofQueue(key)) {
        String near = nearest(key);
        problem(key, "there is no such key" + (near == null ? "" : "; did you mean " + near + "?"));
      }
    }
  }

  private String text(String key, String absent) {
    return toml.isString(key) ? require(toml.getString(key)) : wrongType(key, "a text", absent);
  }

  private boolean flag(String key, boolean absent) {
    return toml.isBoolean(key)
        ? require(toml.getBoolean(key))
        : wrongType(key, "true or false", absent);
  }

  private long number(String key, long absent, long least, long most) {
    if (!toml.isLong(key)) {
      return wrongType(key, "a whole number", absent);
    }
    long value = require(toml.getLong(key));
    if (value < least || value > most) {
      problem(key, value + " is not between " + least + " and " + most);
      return absent;
    }
    return value;
  }

  private double real(String key, double absent) {
    if (toml.isLong(key)) {
      return number(key, 0, 0, 1 << 16);
    }
    if (!toml.isDouble(key)) {
      return wrongType(key, "a number", absent);
    }
    double value = require(toml.getDouble(key));
    if (!(value >= 0 && value <= 1 << 16)) {
      problem(key, value + " is not between 0 and " + (1 << 16));
      return absent;
    }
    return value;
  }

  private List<String> texts(String key) {
    if (!toml.isArray(key)) {
      return wrongType(key, "a list of texts", List.of());
    }
    TomlArray array = require(toml.getArray(key));
    List<String> values = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i) instanceof String value) {
        values.add(value);
      } else {
        problem(key, "element " + (i + 1) + " is not a text");
      }
    }
    return values;
  }

  private String address(String key, String absent) {
    String value = text(key, absent);
    if (toml.contains(key)) {
      try {
        portOf(value);
      } catch (GodwitException malformed) {
        problem(key, "'" + value + "': " + malformed.why());
        return "";
      }
    }
    return value;
  }

  private static int portOf(String address) {
    return Addresses.split(address).getPort();
  }

  private <T> T wrongType(String key, String wanted, T absent) {
    if (toml.contains(key)) {
      problem(key, "it must be " + wanted);
    }
    return absent;
  }

  private void problem(String key, String what) {
    TomlPosition position = toml.inputPositionOf(key);
    problems.add((position == null ? "" : "line " + position.line() + ": ") + key + ": " + what);
  }

  private static <T> T require(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a value that was there is gone");
    }
    return value;
  }

  private static String hostName() {
    try {
      String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      int dot = host.indexOf('.');
      return dot > 0 ? host.substring(0, dot) : host;
    } catch (IOException unreadable) {
      return "localhost";
    }
  }

  private static @Nullable String nearest(String key) {
    String best = null;
    int least = SLIP + 1;
    for (String known : KEYS) {
      int distance = Spelling.distance(key, known);
      if (distance < least) {
        least = distance;
        best = known;
      }
    }
    return best;
  }
}
