package io.godwit.engine.restore;

import io.godwit.core.Pid;
import io.godwit.engine.kind.InjectedCalls;
import io.godwit.image.LiveProcess;
import io.godwit.linux.Injector;
import io.godwit.linux.RemoteMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that is being built. Belongs to the tracer's thread. */
public final class RestoredProcess {
  private final LiveProcess image;
  private final Pid hostPid;
  private final Injector injector;
  private final InjectedCalls calls;
  private final List<RestoredThread> threads = new ArrayList<>();

  RestoredProcess(LiveProcess image, Pid hostPid, Injector injector) {
    this.image = image;
    this.hostPid = hostPid;
    this.injector = injector;
    this.calls = new InjectedCalls(() -> injector);
    threads.add(new RestoredThread(image.threads().getFirst(), injector.tracee(), injector, calls));
  }

  /** What it is to become. */
  public LiveProcess image() {
    return image;
  }

  /** In the PID namespace of this node. */
  public Pid hostPid() {
    return hostPid;
  }

  /** In its own PID namespace; the number in the image. */
  public Pid podPid() {
    return image.pid();
  }

  public Path proc() {
    return Path.of("/proc", hostPid.toString());
  }

  public RemoteMemory memory() {
    return injector.memory();
  }

  /** Injection into its first thread, at once. */
  public Injector injector() {
    return injector;
  }

  /** Calls to be made in the first thread; run at the end of each kind's turn. */
  public InjectedCalls calls() {
    return calls;
  }

  /** The threads; before stage THREADS only the first. */
  public List<RestoredThread> threads() {
    return threads;
  }
}
