package io.godwit.node.pod;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.ScriptedInit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A pod of this node that lives. Safe for use by several threads; its futures are completed by the
 * room's one thread, so what hangs on them must not block.
 */
public final class Pod {
  /** Wait status of a process that SIGKILL ended. */
  private static final int KILLED = 9;

  private final PodRecord record;
  private final PodCgroup cgroup;
  private final Fd initHandle;
  private final Fd reports;
  private final PodStreams streams;
  private final @Nullable ProgramEnds programEnds;
  private final CompletableFuture<Integer> mainStatus = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicBoolean relinquished = new AtomicBoolean();
  private final Semaphore signals = new Semaphore(1);
  private final AtomicBoolean signalsHeld = new AtomicBoolean();
  private boolean reportsEnded; // used by the room's thread only
  private final ByteBuffer partial =
      ByteBuffer.allocate(ScriptedInit.REPORT_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private Pod(
      PodRecord record,
      PodCgroup cgroup,
      Fd initHandle,
      Fd reports,
      PodStreams streams,
      @Nullable ProgramEnds programEnds) {
    this.record = record;
    this.cgroup = cgroup;
    this.initHandle = initHandle;
    this.programEnds = programEnds;
    this.reports = reports;
    this.streams = streams;
  }

  /** Fetches what is needed from a live init, whose pidfd becomes the pod's. */
  static Pod of(
      PodRecord record, PodCgroup cgroup, Fd initHandle, @Nullable ProgramEnds programEnds) {
    List<Fd> fetched = new ArrayList<>();
    fetched.add(initHandle);
    try {
      Fd reports = ProcessHandles.fetchDescriptor(initHandle, InitDescriptors.REPORT_READ);
      fetched.add(reports);
      PodStreams streams = PodStreams.fetch(initHandle, record.terminal());
      return new Pod(record, cgroup, initHandle, reports, streams, programEnds);
    } catch (RuntimeException e) {
      fetched.forEach(FdCalls::close);
      if (programEnds != null) {
        programEnds.close();
      }
      throw e;
    }
  }

  public String id() {
    return record.id();
  }

  public PodRecord record() {
    return record;
  }

  public PodCgroup cgroup() {
    return cgroup;
  }

  /** The init, as this node numbers it. */
  public Pid init() {
    return record.init();
  }

  /** A pidfd of the init; the pod closes it. */
  public Fd initHandle() {
    return initHandle;
  }

  /**
   * The daemon's ends of the program's streams. Who got the pod closes them, since they may hold
   * output after the pod has ended.
   */
  public PodStreams streams() {
    return streams;
  }

  /**
   * The program's ends, in a pod that was made for a program from elsewhere. Whoever restores it
   * closes them when the program has its own.
   */
  public Optional<ProgramEnds> programEnds() {
    return Optional.ofNullable(programEnds);
  }

  /** The pod's root directory as this node reaches it. */
  public Path root() {
    return Path.of("/proc/" + record.init() + "/root");
  }

  /** Every process of the pod but the init, as this node numbers them. */
  public List<Pid> processes() {
    List<Pid> found = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(cgroup.processes())) {
        Pid pid = new Pid(Integer.parseInt(line.trim()));
        if (!pid.equals(record.init())) {
          found.add(pid);
        }
      }
    } catch (IOException ended) {
      return List.of();
    }
    return found;
  }

  /** The program's first process, as this node numbers it; empty when it has ended. */
  public Optional<Pid> mainProcess() {
    return hostPid(record.mainPodPid());
  }

  /** The process that the pod numbers so, as this node numbers it. */
  public Optional<Pid> hostPid(int podPid) {
    for (Pid candidate : processes()) {
      if (ProcFiles.podPid(candidate) == podPid) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /**
   * From now on no signal is sent, until {@link #releaseSignals}: one that reaches a program after
   * it was frozen and its state was taken would stay behind.
   */
  public void holdSignals() {
    signals.acquireUninterruptibly();
    signalsHeld.set(true);
  }

  /** Signals are sent again. */
  public void releaseSignals() {
    if (signalsHeld.compareAndSet(true, false)) {
      signals.release();
    }
  }

  /**
   * Sends a signal to the program's first process.
   *
   * @return false when it has ended; empty when signals are held, or another is being sent
   */
  public Optional<Boolean> signal(int signal) {
    if (!signals.tryAcquire()) {
      return Optional.empty();
    }
    try {
      return Optional.of(mainProcess().filter(main -> signal(main, signal)).isPresent());
    } finally {
      signals.release();
    }
  }

  private boolean signal(Pid main, int signal) {
    try {
      Fd handle = ProcessHandles.open(main);
      try {
        // The number may have passed to another while the handle was opened.
        return ProcFiles.podPid(main) == record.mainPodPid()
            && ProcessHandles.signal(handle, signal);
      } finally {
        FdCalls.close(handle);
      }
    } catch (LinuxException gone) {
      return false;
    }
  }

  /** The program gets an end of file when it has read what is there. Pipes only. */
  void closeInput() {
    if (streams instanceof PodStreams.Pipes pipes) {
      closeInInit(InitDescriptors.INPUT_WRITE);
      replaceByNothing(pipes.input(), FdCalls.O_WRONLY);
    }
  }

  /** Nobody reads this stream any more: the program gets SIGPIPE when it writes. Pipes only. */
  void closeOutput(boolean error) {
    if (streams instanceof PodStreams.Pipes pipes) {
      closeInInit(error ? InitDescriptors.ERROR_READ : InitDescriptors.OUTPUT_READ);
      replaceByNothing(error ? pipes.error() : pipes.output(), FdCalls.O_RDONLY);
    }
  }

  /** The terminal hangs up: its session gets SIGHUP, its readers the end of file. */
  void hangUp() {
    if (streams instanceof PodStreams.Terminal terminal) {
      closeInInit(InitDescriptors.MASTER);
      replaceByNothing(terminal.master(), FdCalls.O_RDWR);
    }
  }

  private void closeInInit(Fd descriptor) {
    try {
      ScriptedInit.closeDescriptor(record.init(), descriptor);
    } catch (LinuxException e) {
      // The init has ended, and its descriptors with it; what the program wrote is still relayed.
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  private static void replaceByNothing(Fd fd, int flags) {
    Fd nothing = FdCalls.open("/dev/null", flags);
    try {
      FdCalls.replace(nothing, fd);
    } finally {
      FdCalls.close(nothing);
    }
  }

  /**
   * Completed with the wait status of the program's first process. Never completed after {@link
   * #relinquish}: the program goes on elsewhere.
   */
  public CompletableFuture<Integer> mainStatus() {
    return mainStatus;
  }

  /** Completed when nothing of the pod is left. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** Kills every process of the pod; {@link #ended} tells when they are gone. */
  public void kill() {
    cgroup.kill();
  }

  /** The program runs elsewhere now: what is left here is killed and its end means nothing. */
  public void relinquish() {
    disown();
    cgroup.kill();
  }

  /** The program runs elsewhere now: what is left here means nothing, and is killed soon. */
  public void disown() {
    relinquished.set(true);
  }

  /** Whether what is left here is going away. */
  public boolean isRelinquished() {
    return relinquished.get();
  }

  Fd reports() {
    return reports;
  }

  /** Called by the room's thread: the report pipe has something. False at its end. */
  boolean takeReports() {
    byte[] bytes = new byte[4096];
    int count = FdCalls.read(reports, bytes);
    for (int i = 0; i < count; i++) {
      partial.put(bytes[i]);
      if (!partial.hasRemaining()) {
        partial.flip();
        int podPid = partial.getInt();
        int status = partial.getInt();
        partial.clear();
        if (podPid == record.mainPodPid() && !relinquished.get()) {
          mainStatus.complete(status);
        }
      }
    }
    reportsEnded |= count == 0;
    return count == bytes.length;
  }

  /** Whether the init is ending, so that no report will come; it may wait for a traced process. */
  boolean reportsEnded() {
    return reportsEnded;
  }

  /** Called by the room's thread when the init has ended: takes away all that is left. */
  void finish() {
    while (takeReports()) {
      // until the pipe is empty
    }
    ProcessHandles.reap(record.init());
    cgroup.remove();
    if (!relinquished.get()) {
      mainStatus.complete(KILLED);
    }
  }

  /** Closes the descriptors that the room watches; the pod itself goes on if it lives. */
  void closeDescriptors() {
    FdCalls.close(reports);
    FdCalls.close(initHandle);
  }

  void completeEnded() {
    ended.complete(null);
  }
}
