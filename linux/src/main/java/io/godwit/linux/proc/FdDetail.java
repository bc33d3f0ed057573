package io.godwit.linux.proc;

import java.util.HexFormat;
import java.util.List;

/** What fdinfo says beyond position and flags, by the kind of file, proc_pid_fdinfo(5). */
public sealed interface FdDetail {
  /** A file whose fdinfo says nothing more. */
  record None() implements FdDetail {}

  /** An epoll instance and what it watches. */
  record Epoll(List<EpollTarget> targets) implements FdDetail {
    public Epoll {
      targets = List.copyOf(targets);
    }
  }

  /**
   * One watched descriptor.
   *
   * @param fd its number when it was added; it may since mean another file, compare the inode
   * @param events EPOLLIN and so on, with EPOLLET and EPOLLONESHOT
   * @param data the user's 64 bits
   * @param device of its file, in the kernel's 32-bit form
   */
  record EpollTarget(int fd, int events, long data, long position, long inode, long device) {}

  /** An eventfd. */
  record Eventfd(long count, boolean semaphore) implements FdDetail {}

  /**
   * A timerfd; times in nanoseconds.
   *
   * @param ticks expirations that were not read yet
   * @param settimeFlags 1 absolute, 2 cancelled when the clock is set
   * @param value time that remains, 0 when disarmed
   */
  record Timerfd(int clock, long ticks, int settimeFlags, long value, long interval)
      implements FdDetail {}

  /** A signalfd; signal n is bit n - 1. */
  record Signalfd(long mask) implements FdDetail {}

  /** An inotify instance. */
  record Inotify(List<InotifyWatch> watches) implements FdDetail {
    public Inotify {
      watches = List.copyOf(watches);
    }
  }

  /**
   * One watch.
   *
   * @param device in the kernel's 32-bit form
   * @param handle the file handle for open_by_handle_at(2) in hexadecimal digits, empty where the
   *     kernel has none
   */
  record InotifyWatch(
      int wd, long inode, long device, int mask, int ignored, int handleType, String handle) {
    /** The file handle's bytes. */
    public byte[] handleBytes() {
      return HexFormat.of().parseHex(handle);
    }
  }

  /** A fanotify group; its marks are kept as text, nobody restores them. */
  record Fanotify(List<String> lines) implements FdDetail {
    public Fanotify {
      lines = List.copyOf(lines);
    }
  }

  /**
   * A pidfd.
   *
   * @param pid of the process as the reader's PID namespace numbers it, -1 when it has ended
   * @param namespacePids its number in each namespace inwards
   */
  record Pidfd(int pid, List<Integer> namespacePids) implements FdDetail {
    public Pidfd {
      namespacePids = List.copyOf(namespacePids);
    }
  }

  /** The master side of a pseudo terminal and its number. */
  record TerminalMaster(int index) implements FdDetail {}
}
