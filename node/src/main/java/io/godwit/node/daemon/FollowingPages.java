package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.FaultJournal;
import io.godwit.engine.pages.FaultKeeper;
import io.godwit.engine.pages.FaultServer;
import io.godwit.engine.pages.Stillness;
import io.godwit.linux.Fd;
import io.godwit.linux.KeptDescriptors;
import io.godwit.linux.LinuxException;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.journal.RecordFile;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.Pod;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pods of this node whose pages are not all here yet: the survey's residual dependencies. A
 * program waits for a page that is missing when this daemon dies, and never reads zeros: the pod's
 * init holds the fault descriptors too, and a directory of the pod's says what is missing and where
 * it is. The next daemon goes on from there.
 *
 * <p>A pod whose source is out of reach stands still until it is found again.
 *
 * <p>One thread for each pod waits for the last page.
 */
final class FollowingPages {
  private static final Logger LOG = System.getLogger(FollowingPages.class.getName());
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  private static final String RECORD = "following.record";
  private static final String KIND = "following";

  /** Bytes that are asked for twice at most when a daemon dies. */
  private static final long SAVE_BYTES = 64 << 20;

  private final LocalProcesses processes;
  private final Function<String, Path> directories;
  private final Map<String, Following> all = new ConcurrentHashMap<>();

  /** Those whose daemon died and that may not go on yet. */
  private final Map<String, Following> waiting = new ConcurrentHashMap<>();

  /** Whose the files of a pod are: one that has come again must not lose them to an earlier one. */
  private final Map<String, Following> writers = new ConcurrentHashMap<>();

  /**
   * Knows none.
   *
   * @param directories where to keep what belongs to a pod
   */
  FollowingPages(LocalProcesses processes, Function<String, Path> directories) {
    this.processes = processes;
    this.directories = directories;
  }

  private Path journal(String pod) {
    return directories.apply(pod).resolve("following");
  }

  /** One pod's. */
  final class Following implements FaultKeeper, Stillness {
    private final Pod pod;
    private final KeptDescriptors kept;
    private final FaultJournal journal;
    private final FaultServer server;
    private ProcessMover.@Nullable PagesBehind source;
    private boolean stopped;
    private long savedBytes;

    private Following(ArrivalPod room) {
      this.pod = room.pod();
      this.kept = room.keepInInit();
      writers.put(pod.id(), this);
      this.journal = FaultJournal.create(journal(pod.id()));
      this.server = new FaultServer(true, this, this, journal);
    }

    private Following(Pod pod, KeptDescriptors.Found found, FaultJournal journal) {
      this.pod = pod;
      this.kept = found.kept();
      this.journal = journal;
      writers.put(pod.id(), this);
      this.server = FaultServer.takeUp(true, this, this, journal, found.descriptors());
    }

    FaultServer server() {
      return server;
    }

    /** Before the processes run: faults are taken from now on. */
    void start(ProcessMover.PagesBehind from) {
      source = from;
      write(pod.id(), from.way());
      server.start(from);
    }

    /** The processes run. */
    void follow() {
      all.put(pod.id(), this);
      server.push();
      Thread.ofPlatform().daemon().name("godwit-following-" + pod.id()).start(this::await);
    }

    private void await() {
      while (!server.await(LOOK_AGAIN) && !ended()) {
        look();
      }
      endStop(); // all may have come at once after a loss
      if (all.remove(pod.id(), this)) {
        end();
      }
    }

    private boolean ended() {
      return pod.isRelinquished() || ProcessHandles.awaitEnd(pod.initHandle(), 0);
    }

    private void look() {
      String lost = server.lostBecause();
      if (lost != null && !stopped) {
        // Who waits for a page goes on waiting; the others are not to go on without them.
        stopped = true;
        pod.cgroup().requestFreeze();
        processes.pagesLost(pod.id(), server.residualBytes(), lost);
        LOG.log(
            Level.ERROR,
            "{0} stands still: {1} bytes of its memory are out of reach: {2} [{3}]",
            pod.id(),
            server.residualBytes(),
            lost,
            NodeError.PAGES_LOST.code());
      } else if (lost == null) {
        endStop();
      }
      long filled = server.served().filledBytes();
      if (filled - savedBytes > SAVE_BYTES) {
        savedBytes = filled;
        server.save();
      }
    }

    private void endStop() {
      if (stopped && !ended()) {
        stopped = false;
        pod.cgroup().thaw();
        processes.kept(pod.id());
        LOG.log(Level.INFO, "{0} goes on: its pages come again", pod.id());
      }
    }

    private Optional<Behind> behind() {
      return Optional.ofNullable(source)
          .map(
              from ->
                  new Behind(
                      from.way(), from.where(), server.residualBytes(), server.lostBecause()));
    }

    private void end() {
      server.close(); // nobody waits any more
      ProcessMover.PagesBehind from = source;
      if (from != null) {
        from.complete();
      }
      kept.close();
      try {
        ArrivalPod.endKeeping(pod);
      } catch (RuntimeException ended) {
        LOG.log(Level.DEBUG, "the init of {0} has ended: {1}", pod.id(), ended.getMessage());
      }
      forget();
    }

    private void forget() {
      writers.computeIfPresent(
          pod.id(),
          (name, writer) -> {
            if (writer.equals(this)) {
              removeFiles(name);
              return null;
            }
            return writer;
          });
    }

    /** The processes are gone, or never ran. */
    void giveUp() {
      all.remove(pod.id(), this);
      kept.release();
      server.close();
      kept.close();
      ProcessMover.PagesBehind from = source;
      if (from != null) {
        from.close();
      }
      forget();
    }

    @Override
    public void keep(Fd descriptor, int number) {
      if (!kept.keep(descriptor, number)) {
        LOG.log(
            Level.WARNING,
            "a child of {0} would not outlive this daemon with its pages missing",
            pod.id());
      }
    }

    @Override
    public void release() {
      kept.release();
    }

    @Override
    public void stop() {
      pod.cgroup().beStill();
    }

    @Override
    public void goOn() {
      pod.cgroup().endStill();
    }
  }

  /** For a pod that is being built. */
  Following of(ArrivalPod room) {
    return new Following(room);
  }

  private void write(String pod, ProcessMover.Way way) {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("source", way.node().name());
    values.put("migration", way.migration());
    values.put("encrypted", Boolean.toString(way.encrypted()));
    values.put("shared", Boolean.toString(way.shared()));
    new RecordFile(KIND, values).note(directories.apply(pod).resolve(RECORD));
  }

  private void removeFiles(String pod) {
    try {
      FaultJournal.remove(journal(pod));
      Files.deleteIfExists(directories.apply(pod).resolve(RECORD));
    } catch (IOException | GodwitException stays) {
      LOG.log(Level.INFO, "a rest of {0} stays: {1}", pod, stays.getMessage());
    }
  }

  /**
   * Goes on bringing the pages of pods whose daemon died.
   *
   * @param decided whether a pod may go on here; {@link #decided(String)} tells it of the others
   */
  void takeUp(List<Pod> pods, Function<String, Boolean> decided, ProcessMover.Reach reach) {
    for (Pod pod : pods) {
      Path record = directories.apply(pod.id()).resolve(RECORD);
      if (Files.exists(record) && FaultJournal.exists(journal(pod.id()))) {
        try {
          takeUp(pod, RecordFile.read(record, KIND), decided.apply(pod.id()), reach);
        } catch (GodwitException | LinuxException failed) {
          pod.cgroup().requestFreeze();
          processes.pagesLost(pod.id(), 0, String.valueOf(failed.getMessage()));
          LOG.log(
              Level.ERROR,
              "{0} stands still: its pages cannot be brought any more: {1} [{2}]",
              pod.id(),
              failed.getMessage(),
              NodeError.PAGES_LOST.code());
        }
      }
    }
  }

  private void takeUp(Pod pod, RecordFile record, boolean decided, ProcessMover.Reach reach) {
    ProcessMover.Way way =
        new ProcessMover.Way(
            new NodeId(record.require("source")),
            record.require("migration"),
            Boolean.parseBoolean(record.require("encrypted")),
            Boolean.parseBoolean(record.values().getOrDefault("shared", "false")));
    FaultJournal journal = FaultJournal.open(journal(pod.id()));
    KeptDescriptors.Found found = ArrivalPod.keptInInit(pod);
    if (journal.isDone()) {
      found.descriptors().values().forEach(FdCalls::close);
      found.kept().close();
      tellTaken(pod, reach, way);
      return;
    }
    Following following = new Following(pod, found, journal);
    ProcessMover.PagesBehind from = reach.connect(pod.id(), way, following.server());
    following.start(from);
    LOG.log(
        Level.INFO,
        "{0} goes on with {1} bytes of its memory still at {2}",
        pod.id(),
        following.server().residualBytes(),
        from.where());
    if (decided) {
      // It may have been stopped while its source was out of reach.
      pod.cgroup().thaw();
      processes.kept(pod.id());
      following.follow();
    } else {
      waiting.put(pod.id(), following);
    }
  }

  /** All had come, but the source may not have heard it. */
  private void tellTaken(Pod pod, ProcessMover.Reach reach, ProcessMover.Way way) {
    FaultServer nothing = new FaultServer(false);
    ProcessMover.PagesBehind from = reach.connect(pod.id(), way, nothing);
    nothing.close();
    Thread.ofPlatform()
        .daemon()
        .name("godwit-following-" + pod.id())
        .start(
            () -> {
              from.complete();
              if (!writers.containsKey(pod.id())) {
                removeFiles(pod.id());
              }
            });
  }

  /** A pod that waited for a word of its source goes on here. */
  void decided(String pod) {
    Following following = waiting.remove(pod);
    if (following != null) {
      following.follow();
    }
  }

  /** A pod that waited for a word of its source is taken away. */
  void discarded(String pod) {
    Following following = waiting.remove(pod);
    if (following != null) {
      following.giveUp();
    }
  }

  /**
   * What a pod still needs of its memory elsewhere.
   *
   * @param where for people
   * @param lost why it does not come, or null
   */
  record Behind(ProcessMover.Way way, String where, long bytes, @Nullable String lost) {}

  /** What a pod still needs; empty when it has all. */
  Optional<Behind> behind(String pod) {
    return Optional.ofNullable(all.get(pod)).flatMap(Following::behind);
  }

  /** Waits until a pod has all its pages, as it has to before it moves again. */
  void awaitAll(String pod) {
    Following following = all.get(pod);
    long deadline = System.nanoTime() + NodeLimits.PAGES_BEFORE_NEXT.toNanos();
    while (following != null
        && all.get(pod) == following
        && following.server.lostBecause() == null
        && System.nanoTime() < deadline) {
      try {
        Thread.sleep(1);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        throw LeavingPod.interrupted(pod);
      }
    }
    if (following != null && all.get(pod) == following) {
      String lost = following.server.lostBecause();
      throw new GodwitException(
          lost == null ? NodeError.ALREADY_MIGRATING : NodeError.PAGES_LOST,
          "migrating '" + pod + "'",
          following.server.residualBytes()
              + " bytes of it "
              + (lost == null ? "are still elsewhere" : "are out of reach: " + lost),
          lost == null
              ? "wait until they have come; 'godwit ps --dependencies' shows them"
              : "bring that node or store back, end it with 'godwit signal "
                  + pod
                  + " KILL', or restart it from a checkpoint");
    }
  }
}
