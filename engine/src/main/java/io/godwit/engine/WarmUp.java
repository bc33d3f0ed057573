package io.godwit.engine;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.Namespaces;
import io.godwit.image.PodIdentity;
import io.godwit.image.PodImage;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Spawn;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first moves, of a process of our own, whose slowness nobody feels. One loads the classes, the
 * next ones let the virtual machine compile what is called often.
 */
final class WarmUp {
  private static final String PROGRAM = "/bin/sleep";
  private static final int MOVES = 8;

  /** No further move begins after this time, in nanoseconds. */
  private static final long ENOUGH_NANOS = 2_000_000_000L;

  private WarmUp() {}

  static boolean with(Engine engine) {
    long end = System.nanoTime() + ENOUGH_NANOS;
    boolean done = false;
    for (int i = 0; i < MOVES && (i == 0 || (done && System.nanoTime() < end)); i++) {
      done = once(engine);
    }
    return done;
  }

  private static boolean once(Engine engine) {
    // Apart from this process: the move makes a program's sockets and files anew.
    int pid = Spawn.spawnApart(PROGRAM, "godwit-warm-up", "60");
    if (pid < 0) {
      return false;
    }
    try {
      move(engine, new Pid(pid));
      return true;
    } catch (GodwitException | LinuxException e) {
      return false; // whoever moves a real process is told the reason
    } finally {
      // Unless the move has reaped it already, it is still this process's child.
      if (Kernel.call(Syscall.WAIT4, pid, 0, WaitStatus.WALL | WaitStatus.WNOHANG, 0) == 0) {
        Kernel.call(Syscall.KILL, pid, Signals.SIGKILL);
        Kernel.call(Syscall.WAIT4, pid, 0, WaitStatus.WALL, 0);
      }
    }
  }

  private static void move(Engine engine, Pid pid) {
    Extractor.Surroundings around =
        new Extractor.Surroundings(
            new PodIdentity("warm-up", Optional.empty(), Optional.empty(), Epoch.FIRST, pid),
            Origins.here("warm-up", "here"),
            new Namespaces(Set.of(), "here", "(none)", List.of()));
    List<PageSource.Run> runs = new ArrayList<>();
    PodImage image;
    try (FrozenPod source = engine.freeze(List.of(pid), Set.of(), around, PhaseListener.NONE)) {
      image = source.image();
      source.sendPages(
          (object, address, content) -> {
            ByteBuffer copy = ByteBuffer.allocateDirect(content.remaining());
            copy.put(content).flip();
            runs.add(new PageSource.Run(object, address, copy));
          });
      source.kill();
    }
    try (Tracer tracer = Tracer.start();
        RebuiltPod pod = engine.rebuild(image, RestoreOptions.here(), tracer, PhaseListener.NONE)) {
      pod.make();
      Iterator<PageSource.Run> iterator = runs.iterator();
      pod.writePages(() -> iterator.hasNext() ? iterator.next() : null);
      pod.finish();
      // Not released: closing it ends the process.
    }
  }
}
