package io.godwit.linux;

import io.godwit.core.Pid;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.NamespaceAbi;
import io.godwit.linux.abi.Syscall;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces: opening, entering and making them. Most namespaces belong to a thread, so entering
 * one happens on a thread that is started for it and ends with it, never on a thread that others
 * use again. User and PID namespaces cannot be changed by one thread of many: a stub does that.
 */
public final class Namespaces {
  private Namespaces() {}

  /** A step to take on a thread of its own before the work begins. */
  private interface Step {
    void take();
  }

  /**
   * A descriptor for a namespace of a process.
   *
   * @param kind mnt, uts, ipc, net, pid, pid_for_children, user, cgroup, time, time_for_children
   */
  public static Fd open(Pid pid, String kind) {
    return Descriptors.open("/proc/" + pid + "/ns/" + kind, FileAbi.O_RDONLY);
  }

  /** A descriptor for a namespace of the calling thread. */
  public static Fd openOwn(String kind) {
    return Descriptors.open("/proc/thread-self/ns/" + kind, FileAbi.O_RDONLY);
  }

  /** Inode of the namespace that a descriptor means; equal for equal namespaces. */
  public static long identity(Fd namespace) {
    return Descriptors.status(namespace).inode();
  }

  /** NS_GET_USERNS: the user namespace that owns it. */
  public static Fd owner(Fd namespace) {
    return new Fd((int) Descriptors.ioctl(namespace, NamespaceAbi.NS_GET_USERNS, 0));
  }

  /** NS_GET_NSTYPE: the CLONE_NEW bit. */
  public static int type(Fd namespace) {
    return (int) Descriptors.ioctl(namespace, NamespaceAbi.NS_GET_NSTYPE, 0);
  }

  /** Makes a network namespace that lives as long as a descriptor or a process is in it. */
  public static Fd createNetwork() {
    return onOwnThread(NamespaceAbi.CLONE_NEWNET, () -> openOwn("net"));
  }

  /**
   * Does work on a new thread with new namespaces of its own; waits for it.
   *
   * @param flags CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWCGROUP,
   *     CLONE_NEWTIME (for children). With CLONE_NEWNS the mounts of the new namespace are made
   *     private first, so that nothing of the work is seen outside
   */
  public static <T> T onOwnThread(int flags, Callable<T> work) {
    return run(
        "godwit-namespace",
        () -> {
          Native.call(Syscall.UNSHARE, "0x" + Integer.toHexString(flags), flags, 0, 0);
          if ((flags & NamespaceAbi.CLONE_NEWNS) != 0) {
            Mounts.setPropagation("/", io.godwit.linux.abi.MountAbi.MS_PRIVATE);
          }
        },
        work);
  }

  /**
   * Does work on a new thread inside an existing namespace; waits for it. Sockets that it makes
   * stay in that namespace and can be used anywhere.
   */
  public static <T> T inside(Fd namespace, Callable<T> work) {
    return run("godwit-in-" + namespace.number(), () -> enter(namespace, 0), work);
  }

  /**
   * As {@link #inside}, without a new thread where the calling one belongs to nobody else: it goes
   * there and comes back.
   *
   * @param kind such as ipc, uts or net: one that a thread may leave again
   */
  public static <T> T visit(Fd namespace, String kind, Callable<T> work) {
    if (Thread.currentThread().isVirtual()) {
      return inside(namespace, work);
    }
    Fd own = openOwn(kind);
    try {
      enter(namespace, 0);
      try {
        return work.call();
      } catch (Exception e) {
        throw unchecked(e);
      } finally {
        enter(own, 0);
      }
    } finally {
      Descriptors.close(own);
    }
  }

  /** As {@link #inside}, for a mount namespace: paths are those of that namespace. */
  public static <T> T insideMounts(Fd namespace, Callable<T> work) {
    return run(
        "godwit-in-mnt-" + namespace.number(),
        () -> {
          // setns(2) into a mount namespace needs a root and working directory of one's own.
          Native.call(Syscall.UNSHARE, "CLONE_FS", NamespaceAbi.CLONE_FS, 0, 0);
          enter(namespace, NamespaceAbi.CLONE_NEWNS);
        },
        work);
  }

  private static void enter(Fd namespace, int type) {
    Native.call(Syscall.SETNS, namespace, namespace.number(), type, 0);
  }

  private static <T> T run(String name, Step before, Callable<T> work) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              before.take();
              return work.call();
            });
    Thread.ofPlatform().daemon().name(name).start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          // The work goes on all the same; who gave it has to see its end.
          interrupted = true;
        } catch (ExecutionException e) {
          throw unchecked(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    return switch (cause) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException("work in a namespace failed", cause);
    };
  }
}
