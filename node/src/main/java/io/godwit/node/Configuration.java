package io.godwit.node;

import io.godwit.core.NodeId;
import io.godwit.node.jobs.JobSettings;
import io.godwit.node.registry.RegistrySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon is told when it starts, and never changes after. The file is TOML; every key may be
 * left out:
 *
 * <pre>
 * [node]
 * name = "alpha"                 # default: the host's name
 * state = "/var/lib/godwit"      # keys, journal, pods; mode 0700
 *
 * [network]
 * listen = "0.0.0.0:7411"        # calls of other nodes (TLS)
 * advertise = "10.0.0.1:7411"    # where others reach it; default: host name and port of listen
 * page-port = 7412               # memory of processes; 0 lets the system choose
 * encrypt-pages = true           # false only inside a network that nobody else can read
 *
 * [guest]
 * accept = true                  # whether foreign processes are taken at all
 * max-processes = 1000           # foreign processes at once
 * users = []                     # user names admitted; empty admits all
 * memory-reserve-mib = 64        # memory that is kept free for the owner
 * nice = 0                       # niceness of foreign processes beside the node's own, 0 to 19
 *
 * [migration]
 * ready-timeout-seconds = 120    # from the freeze to a complete instance at the destination
 *
 * [visits]
 * keep-mib = 1024                # memory for what processes that leave held, in case they return;
 *                                # default: an eighth of the machine's, at most 4096; 0: none
 * keep-seconds = 3600            # for how long
 *
 * [cluster]
 * profile = "steady"             # who moves when and where: godwit profile list; or a .toml file
 * cores = 0                      # processor cores that count; 0 counts all
 * evacuate-seconds = 0           # before the daemon stops its processes leave, within this time
 *
 * [jobs]
 * checkpoints = "/srv/godwit"    # a directory that all nodes share; left out: jobs keep no checkpoints
 * lease-seconds = 20             # a checkpointed job runs so long without a word of its home
 *
 * [queue.night]                  # any number of queues; one named default is there where none is
 * priority = 10                  # queues with a higher one start their jobs first
 * user-jobs = 0                  # jobs of one user at once; 0: any number
 * queue-jobs = 0                 # jobs of the queue at once; 0: any number
 * node-jobs = 0                  # jobs of the queue on one node at once; 0: as many as it has cores
 * hours = ["20:00-06:00"]        # when its jobs may start; empty: always
 *
 * [owner]
 * watch = false                  # input at terminals and keyboard means that the owner is at work
 * idle-seconds = 60              # the owner has left when nothing was typed for this long
 * load = 0.0                     # so many processors wanted beside the pods mean the owner; 0: never
 *
 * [store]                        # where --strategy flushing leaves pages: one of the first two
 * directory = "/srv/pages"       # a directory that all nodes share
 * node = "alpha"                 # a node that keeps them
 * limit-mib = 16384              # what this node puts there, or keeps for others, at once
 * retention-hours = 24           # pages that nobody has asked for are given up after this time
 *
 * [registry]                     # the same on all nodes; left out: there is none
 * voters = ["alpha", "beta", "gamma"]  # 3 or 5 nodes that keep it; NAME or NAME=HOST:PORT
 * enabled = true                 # false: as if the table were left out
 * port = 7413                    # where voters listen to each other (TLS)
 * log-mib = 4                    # a snapshot takes the place of a log that is longer
 *
 * [metrics]
 * listen = "127.0.0.1:9464"      # GET /metrics for Prometheus; left out: nobody is told
 * </pre>
 *
 * @param advertise host:port where other nodes reach this one
 * @param pagePort 0 lets the system choose
 * @param users user names admitted as foreign; empty admits all
 * @param memoryReserveBytes memory kept free when a foreign process is taken
 * @param readyTimeout from the freeze to a complete instance at the destination
 * @param store where flushing leaves pages
 * @param registry who keeps the replicated registry
 * @param metrics host:port where figures are told to Prometheus; empty for nowhere
 */
public record Configuration(
    NodeId name,
    Path state,
    String listen,
    String advertise,
    int pagePort,
    boolean encryptPages,
    boolean accept,
    int maxForeignProcesses,
    List<String> users,
    long memoryReserveBytes,
    Duration readyTimeout,
    Scheduling scheduling,
    JobSettings jobs,
    Store store,
    String metrics,
    Visits visits,
    RegistrySettings registry) {

  /**
   * What is kept of the memory of processes that leave.
   *
   * @param keepBytes of all of them; 0 for none, {@link #BY_MEMORY} for a share of the machine's
   */
  public record Visits(long keepBytes, Duration time) {
    /** As much as does no harm on a machine of this size. */
    public static final long BY_MEMORY = -1;

    public static final Visits DEFAULT = new Visits(BY_MEMORY, Duration.ofHours(1));
  }

  /**
   * Where flushing leaves the pages of processes that move away.
   *
   * @param directory one that the nodes share; null for none
   * @param node one that keeps them; null for none. At most one of the two is named
   * @param limitBytes of all files in the directory, and of what this node keeps for others
   * @param retention how long pages are kept that nobody asks for
   */
  public record Store(
      @Nullable Path directory, @Nullable NodeId node, long limitBytes, Duration retention) {
    /** Nowhere; but others may name this node. */
    public static final Store DEFAULT = new Store(null, null, 16L << 30, Duration.ofHours(24));
  }

  /**
   * What the node's scheduler is told.
   *
   * @param profile the name of a profile that comes with Godwit, or the path of a file that ends in
   *     .toml; a profile chosen with {@code godwit profile use} counts instead
   * @param cores processor cores that count; 0 for all
   * @param evacuateTime how long the daemon waits for its processes to leave before it stops; zero
   *     for not at all
   * @param niceness of foreign processes, 0 to 19
   * @param watchesOwner whether input at terminals and keyboard means that the owner is at work
   * @param ownerIdle the owner has left when nothing was typed for this long
   * @param ownerLoad the owner is at work when what runs beside the pods wants more processors; 0
   *     where that means nothing
   */
  public record Scheduling(
      String profile,
      int cores,
      Duration evacuateTime,
      int niceness,
      boolean watchesOwner,
      Duration ownerIdle,
      double ownerLoad) {
    /** A node that balances itself and that nobody sits at. */
    public static final Scheduling DEFAULT =
        new Scheduling("steady", 0, Duration.ZERO, 0, false, Duration.ofMinutes(1), 0);
  }

  public static final int DEFAULT_PORT = 7411;
  public static final int DEFAULT_PAGE_PORT = 7412;
  public static final String DEFAULT_STATE = "/var/lib/godwit";
  public static final String DEFAULT_FILE = "/etc/godwit/node.toml";

  public Configuration {
    users = List.copyOf(users);
  }

  /** What a node does whose file is empty. */
  public static Configuration defaults(NodeId name, Path state) {
    return new Configuration(
        name,
        state,
        "0.0.0.0:" + DEFAULT_PORT,
        name + ":" + DEFAULT_PORT,
        DEFAULT_PAGE_PORT,
        true,
        true,
        1000,
        List.of(),
        64L << 20,
        Duration.ofMinutes(2),
        Scheduling.DEFAULT,
        JobSettings.DEFAULT,
        Store.DEFAULT,
        "",
        Visits.DEFAULT,
        RegistrySettings.NONE);
  }

  /** The same with other addresses. */
  public Configuration at(String listen, String advertise, int pagePort) {
    return with(listen, advertise, pagePort, encryptPages, accept, scheduling);
  }

  /** The same with page channels encrypted or not. */
  public Configuration encryptingPages(boolean encrypt) {
    return with(listen, advertise, pagePort, encrypt, accept, scheduling);
  }

  /** The same, taking foreign processes or not. */
  public Configuration accepting(boolean accepts) {
    return with(listen, advertise, pagePort, encryptPages, accepts, scheduling);
  }

  /** The same under another scheduling profile. */
  public Configuration underProfile(String profile) {
    Scheduling under =
        new Scheduling(
            profile,
            scheduling.cores,
            scheduling.evacuateTime,
            scheduling.niceness,
            scheduling.watchesOwner,
            scheduling.ownerIdle,
            scheduling.ownerLoad);
    return with(listen, advertise, pagePort, encryptPages, accept, under);
  }

  /** The same with its figures told over HTTP at host:port. */
  public Configuration tellingMetricsAt(String address) {
    return with(store, address);
  }

  /** The same with the pages of flushing elsewhere. */
  public Configuration storingPages(Store where) {
    return with(where, metrics);
  }

  private Configuration with(Store where, String address) {
    return new Configuration(
        name,
        state,
        listen,
        advertise,
        pagePort,
        encryptPages,
        accept,
        maxForeignProcesses,
        users,
        memoryReserveBytes,
        readyTimeout,
        scheduling,
        jobs,
        where,
        address,
        visits,
        registry);
  }

  private Configuration with(
      String listens,
      String advertises,
      int pages,
      boolean encrypts,
      boolean accepts,
      Scheduling under) {
    return new Configuration(
        name,
        state,
        listens,
        advertises,
        pages,
        encrypts,
        accepts,
        maxForeignProcesses,
        users,
        memoryReserveBytes,
        readyTimeout,
        under,
        jobs,
        store,
        metrics,
        visits,
        registry);
  }
}
