package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Interest;
import io.godwit.linux.launch.ProcessHandles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * All pods of one daemon. One thread, {@code godwit-pods}, waits for the reports of every init and
 * for the end of every init, and takes away what ended.
 */
public final class PodRoom implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PodRoom.class.getName());

  private final Path directory;
  private final Path cgroups;
  private final Map<String, Pod> pods = new ConcurrentHashMap<>();
  private final Fd wake = FdCalls.wakeUp();
  private final Thread watcher;
  private volatile boolean closing;

  /**
   * @param stateDirectory the daemon's; pods are recorded in its subdirectory {@code pods}
   */
  public PodRoom(Path stateDirectory) {
    this.directory = stateDirectory.toAbsolutePath().normalize().resolve("pods");
    this.cgroups = PodCgroup.base(instance(directory));
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory for pods cannot be made", e);
    }
    watcher = Thread.ofPlatform().name("godwit-pods").daemon().unstarted(this::watch);
    watcher.start();
  }

  /** A short name of this daemon among others on the machine. */
  private static String instance(Path directory) {
    CRC32C sum = new CRC32C();
    sum.update(directory.toString().getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  /** Starts a pod. When this returns, the program has been executed or the seed waits. */
  public Pod create(PodSpec spec) {
    if (pods.containsKey(spec.id()) || Files.exists(cgroups.resolve(spec.id()))) {
      throw new GodwitException(
          PodError.EXISTS,
          "the pod " + spec.id() + " could not be created",
          "there is one of that name on this node",
          "choose another name, or end the other with 'godwit signal " + spec.id() + " KILL'");
    }
    if (pods.size() >= PodLimits.PODS) {
      throw new GodwitException(
          PodError.NOT_CREATED,
          "the pod " + spec.id() + " could not be created",
          "this node holds " + PodLimits.PODS + " pods already",
          "run it on another node");
    }
    PodCgroup cgroup = PodCgroup.create(cgroups, spec.id());
    boolean done = false;
    try {
      PodSpec found = PodPrograms.resolve(spec);
      Pod pod =
          new PodLauncher(found, cgroup)
              .start((init, handle, ends) -> recorded(found, cgroup, init, handle, ends));
      pods.put(spec.id(), pod);
      wake();
      done = true;
      return pod;
    } finally {
      if (!done) {
        cgroup.kill();
        cgroup.remove();
        removeRecord(spec.id());
        removeBase();
      }
    }
  }

  private Pod recorded(
      PodSpec spec, PodCgroup cgroup, Pid init, Fd handle, @Nullable ProgramEnds ends) {
    int main =
        spec.start() instanceof PodSpec.Seed seed ? seed.mainPodPid() : PodScript.MAIN_POD_PID;
    PodRecord record =
        new PodRecord(
            spec.id(),
            spec.hostname(),
            spec.network(),
            spec.console() instanceof PodSpec.Console.Terminal,
            spec.clocks(),
            init,
            ProcFiles.startTime(init),
            main,
            cgroup.directory().toString());
    record.save(directory.resolve(spec.id()));
    return Pod.of(record, cgroup, handle, ends);
  }

  /** Finds again the pods that an earlier daemon left running here; called once, at the start. */
  public List<Pod> readopt() {
    List<Pod> found = new ArrayList<>();
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(directory)) {
      for (Path each : directories) {
        if (PodRecord.isIn(each)) {
          readopt(each).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the pods' directory cannot be read", e);
    }
    wake();
    return found;
  }

  private Optional<Pod> readopt(Path each) {
    PodRecord record = PodRecord.load(each);
    PodCgroup cgroup = new PodCgroup(Path.of(record.cgroup()));
    Fd handle;
    try {
      handle = ProcessHandles.open(record.init());
    } catch (LinuxException ended) {
      forget(record, cgroup);
      return Optional.empty();
    }
    if (ProcFiles.startTime(record.init()) != record.initStart()) {
      FdCalls.close(handle);
      forget(record, cgroup);
      return Optional.empty();
    }
    try {
      Pod pod = Pod.of(record, cgroup, handle, null);
      pods.put(record.id(), pod);
      return Optional.of(pod);
    } catch (LinuxException e) {
      if (e.is(Errno.ESRCH)) {
        forget(record, cgroup);
      } else {
        // It may live: whoever looks at the log decides, not the lack of a descriptor.
        LOG.log(Level.ERROR, "the pod {0} cannot be taken up: {1}", record.id(), e.getMessage());
      }
      return Optional.empty();
    }
  }

  /**
   * Takes away what is left of pods that have ended with nobody watching. For the directory of a
   * room that is closed; pods that live stay.
   */
  public static void sweepEnded(Path stateDirectory) {
    Path directory = stateDirectory.toAbsolutePath().normalize().resolve("pods");
    boolean all = true;
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(directory)) {
      for (Path each : directories) {
        if (PodRecord.isIn(each)) {
          all &= sweepOne(each, PodRecord.load(each));
        }
      }
      if (all) {
        PodCgroup.base(instance(directory)).toFile().delete();
        Files.deleteIfExists(directory);
        Files.deleteIfExists(stateDirectory);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} is not swept: {1}", stateDirectory, e.getMessage());
    }
  }

  private static boolean sweepOne(Path own, PodRecord record) throws IOException {
    if (Files.exists(Path.of("/proc", record.init().toString()))
        && ProcFiles.startTime(record.init()) == record.initStart()) {
      return false;
    }
    PodCgroup cgroup = new PodCgroup(Path.of(record.cgroup()));
    if (cgroup.exists()) {
      cgroup.kill();
      cgroup.remove();
    }
    Files.deleteIfExists(own.resolve("pod.properties"));
    Files.deleteIfExists(own);
    return true;
  }

  private void forget(PodRecord record, PodCgroup cgroup) {
    if (cgroup.exists()) {
      cgroup.kill();
      cgroup.remove();
    }
    removeRecord(record.id());
  }

  public Optional<Pod> find(String id) {
    return Optional.ofNullable(pods.get(id));
  }

  public List<Pod> all() {
    return List.copyOf(pods.values());
  }

  /** Where this daemon keeps what belongs to a pod: its record and the log of its console. */
  public Path directoryOf(String podId) {
    return directory.resolve(podId);
  }

  private void wake() {
    FdCalls.write(wake, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
  }

  private void watch() {
    while (!closing) {
      List<Pod> watched = List.copyOf(pods.values());
      List<Interest> interests = new ArrayList<>();
      interests.add(new Interest(wake, FdCalls.POLLIN));
      for (Pod pod : watched) {
        interests.add(new Interest(pod.initHandle(), FdCalls.POLLIN));
        Fd reports = pod.reportsEnded() ? wake : pod.reports();
        interests.add(new Interest(reports, FdCalls.POLLIN));
      }
      int[] events = FdCalls.poll(interests, -1);
      if (events[0] != 0) {
        FdCalls.read(wake, new byte[8]);
      }
      for (int i = 0; i < watched.size(); i++) {
        if (events[2 * i + 1] != 0) {
          removeEnded(watched.get(i));
        } else if (events[2 * i + 2] != 0 && !watched.get(i).reportsEnded()) {
          watched.get(i).takeReports();
        }
      }
    }
  }

  /** What goes wrong with one pod must not leave the others unwatched. */
  private void removeEnded(Pod pod) {
    try {
      remove(pod);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the pod " + pod.id() + " was not taken away whole", e);
    }
  }

  private void remove(Pod pod) {
    try {
      pod.finish();
    } finally {
      pod.closeDescriptors();
      removeRecord(pod.id());
      removeBase();
      pods.remove(pod.id());
      pod.completeEnded();
    }
  }

  /** The record goes; the log of the console stays until somebody removes it. */
  private void removeRecord(String id) {
    Path own = directory.resolve(id);
    try {
      Files.deleteIfExists(own.resolve("pod.properties"));
      try (DirectoryStream<Path> rest = Files.newDirectoryStream(own)) {
        if (rest.iterator().hasNext()) {
          return;
        }
      }
      Files.deleteIfExists(own);
    } catch (IOException stays) {
      return; // found again, and forgotten, at the next start
    }
  }

  private void removeBase() {
    try {
      Files.deleteIfExists(cgroups);
    } catch (IOException stillUsed) {
      return;
    }
  }

  /** Stops watching. Pods go on: a daemon that ends does not end its pods. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pods.values().forEach(Pod::closeDescriptors);
    pods.clear();
    FdCalls.close(wake);
  }
}
