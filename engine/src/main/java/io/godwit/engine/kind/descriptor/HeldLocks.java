package io.godwit.engine.kind.descriptor;

import io.godwit.engine.EngineLimits;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.image.DescriptorTable;
import io.godwit.image.LiveProcess;
import io.godwit.image.OpenDescription;
import io.godwit.image.OpenDescription.FileLock;
import io.godwit.image.PodImage;
import io.godwit.linux.LinuxException;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The locks on files that a frozen tree has. Where both nodes see the same file, the destination
 * can take them only when the source has given them up; a source that goes on after all takes them
 * back. Belongs to the tracer's thread.
 */
public final class HeldLocks {
  private final List<Held> held;

  private record Held(FrozenProcess process, int number, FileLock lock) {}

  private HeldLocks(List<Held> held) {
    this.held = held;
  }

  /** The locks that the records name, each in one process that has the file open. */
  public static HeldLocks of(FrozenTree tree, PodImage image) {
    List<Held> held = new ArrayList<>();
    for (OpenDescription description : image.descriptions()) {
      for (FileLock lock : description.locks()) {
        find(tree, image, description, lock, held);
      }
    }
    return new HeldLocks(held);
  }

  private static void find(
      FrozenTree tree,
      PodImage image,
      OpenDescription description,
      FileLock lock,
      List<Held> into) {
    for (LiveProcess process : image.live()) {
      if (lock.style() == FileLock.Style.POSIX && process.pid().number() != lock.process()) {
        continue;
      }
      for (DescriptorTable.Descriptor each : process.descriptors().descriptors()) {
        if (each.description().equals(description.id())) {
          into.add(new Held(tree.process(process.pid()).orElseThrow(), each.number(), lock));
          return;
        }
      }
    }
  }

  /** Gives all of them up. */
  public void release() {
    for (Held each : held) {
      Locks.add(each.process().calls(), each.number(), each.lock(), FileAbi.F_UNLCK);
    }
    flush(held);
  }

  /**
   * Takes them back. The other side may need a moment to let go of them.
   *
   * @return in words those that somebody else has taken meanwhile
   */
  public List<String> retake() {
    long end = System.nanoTime() + EngineLimits.LOCK_RETAKE_NANOS;
    List<Held> missing = held;
    while (true) {
      missing = tryAll(missing);
      if (missing.isEmpty() || System.nanoTime() > end) {
        return missing.stream().map(m -> "fd " + m.number() + " of " + m.process()).toList();
      }
      LockSupport.parkNanos(EngineLimits.LOCK_RETAKE_PAUSE_NANOS);
    }
  }

  private static List<Held> tryAll(List<Held> wanted) {
    List<Held> missing = new ArrayList<>();
    for (Held each : wanted) {
      SyscallBatch.Call call =
          Locks.add(each.process().calls(), each.number(), each.lock(), Locks.type(each.lock()));
      each.process()
          .calls()
          .then(
              () -> {
                if (call.failed()) {
                  missing.add(each);
                }
              });
    }
    flush(wanted);
    return missing;
  }

  private static void flush(List<Held> locks) {
    Set<FrozenProcess> processes = new HashSet<>();
    locks.forEach(each -> processes.add(each.process()));
    for (FrozenProcess process : processes) {
      try {
        process.calls().flush();
      } catch (LinuxException e) {
        if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) { // killed while it was frozen
          throw e;
        }
      }
    }
  }
}
