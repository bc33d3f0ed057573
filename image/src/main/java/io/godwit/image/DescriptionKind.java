package io.godwit.image;

import io.godwit.core.Pid;
import java.util.List;

/** What kind of object an open description is, with the state that is the description's own. */
public sealed interface DescriptionKind permits DescriptionKind.Simple, SocketKind {
  /** Everything that is not a socket. */
  sealed interface Simple extends DescriptionKind {}

  /**
   * A regular file.
   *
   * @param offset in bytes
   */
  record RegularFile(FileReference file, long offset) implements Simple {
    public RegularFile {
      Require.notNegative(offset, "a file offset");
    }
  }

  /**
   * A directory.
   *
   * @param offset the position of getdents64(2), opaque
   */
  record Directory(FileReference file, long offset) implements Simple {}

  /**
   * A device such as /dev/null.
   *
   * @param offset in bytes, for those that keep one
   */
  record Device(String path, int major, int minor, long offset) implements Simple {
    public Device {
      Require.path(path, "a device's path");
      Require.notNegative(major, "a device's major number");
      Require.notNegative(minor, "a device's minor number");
    }
  }

  /** A file opened with O_PATH: a name without access. */
  record PathOnly(FileReference file) implements Simple {}

  /** One end of an anonymous pipe of the image. */
  record PipeEnd(ObjectId pipe, Direction direction) implements Simple {}

  /** A named pipe; its content is that of a pipe of the image. */
  record Fifo(FileReference file, ObjectId pipe, Direction direction) implements Simple {}

  /**
   * The outer world of the pod: a descriptor that the restoring side supplies.
   *
   * @param role which, for example "stdin", "stdout", "stderr" or "terminal"
   */
  record Console(String role) implements Simple {
    public Console {
      Require.name(role, "a console's role");
    }
  }

  /** One side of a pseudo-terminal of the image. */
  record Terminal(ObjectId terminal, boolean master) implements Simple {}

  /** eventfd(2); {@code counter} is unsigned. */
  record EventFd(long counter, boolean semaphore) implements Simple {}

  /** An epoll(7) instance. */
  record EpollInstance(List<EpollWatch> watches) implements Simple {
    public EpollInstance {
      watches = Require.entries(watches, "epoll watches");
    }
  }

  /**
   * One watch, as /proc/PID/fdinfo lists it.
   *
   * @param descriptor the number under which it was registered
   * @param description what was registered; the number may mean something else by now
   * @param events EPOLL* bits
   * @param data of the program, opaque
   */
  record EpollWatch(int descriptor, ObjectId description, int events, long data) {
    public EpollWatch {
      Require.notNegative(descriptor, "a watched descriptor");
    }
  }

  /**
   * timerfd_create(2).
   *
   * @param clock CLOCK_*
   * @param setFlags TFD_TIMER_* of its last timerfd_settime(2)
   * @param ticks expirations not read yet, unsigned
   * @param remainingNanos until the next, 0 when disarmed
   * @param intervalNanos between later ones, 0 for none
   */
  record TimerFd(int clock, int setFlags, long ticks, long remainingNanos, long intervalNanos)
      implements Simple {
    public TimerFd {
      Require.notNegative(remainingNanos, "a timer's remaining time");
      Require.notNegative(intervalNanos, "a timer's interval");
    }
  }

  /** signalfd(2). */
  record SignalFd(SignalSet mask) implements Simple {}

  /**
   * An inotify(7) instance.
   *
   * @param unread events that were queued but not read, as read(2) gives them
   */
  record Inotify(List<InotifyWatch> watches, Bytes unread) implements Simple {
    public Inotify {
      watches = Require.entries(watches, "inotify watches");
      Require.state(unread, "an inotify queue");
    }
  }

  /**
   * One inotify watch.
   *
   * @param watch the number that the program knows it by
   * @param mask IN_*
   */
  record InotifyWatch(int watch, FileReference file, int mask) {
    public InotifyWatch {
      Require.notNegative(watch, "an inotify watch");
    }
  }

  /**
   * memfd_create(2), or a file of shared memory.
   *
   * @param offset in bytes
   */
  record MemFd(ObjectId memory, long offset) implements Simple {
    public MemFd {
      Require.notNegative(offset, "a memfd's offset");
    }
  }

  /** pidfd_open(2): refers to a process of the pod. */
  record PidFd(Pid process) implements Simple {}

  /** Which way a pipe end goes. The numbers are the format's. */
  enum Direction {
    READ(1),
    WRITE(2),
    /** Opened O_RDWR. */
    BOTH(3);

    private final int number;

    Direction(int number) {
      this.number = number;
    }

    /** The number in the format. */
    public int number() {
      return number;
    }
  }
}
