package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * /proc/PID/fdinfo/N, proc_pid_fdinfo(5).
 *
 * @param flags access mode and status flags of the open file; O_CLOEXEC tells of the descriptor
 * @param mountId as in mountinfo
 * @param inode 0 before Linux 5.14, which does not tell it
 * @param locks POSIX, OFD and flock locks and leases on this open file
 * @param others lines of drivers that no component holds, by name
 */
public record FdInfo(
    long position,
    int flags,
    int mountId,
    long inode,
    List<FileLock> locks,
    FdDetail detail,
    Map<String, String> others) {
  public FdInfo {
    locks = List.copyOf(locks);
    others = Map.copyOf(others);
  }

  public boolean isCloseOnExec() {
    return (flags & 02000000) != 0;
  }

  /** Parses the whole file. */
  public static FdInfo parse(String text) {
    Map<String, Line> single = new LinkedHashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    List<FileLock> locks = new ArrayList<>();
    List<FdDetail.EpollTarget> targets = new ArrayList<>();
    List<FdDetail.InotifyWatch> watches = new ArrayList<>();
    List<String> fanotify = new ArrayList<>();
    for (Line line : Lines.of("fdinfo", text)) {
      String all = line.text();
      if (all.startsWith("tfd:")) {
        targets.add(epollTarget(line));
      } else if (all.startsWith("inotify wd:")) {
        watches.add(inotifyWatch(line));
      } else if (all.startsWith("fanotify ")) {
        fanotify.add(all);
      } else if (all.startsWith("lock:")) {
        locks.add(FileLock.parse(line.expect("lock:")));
      } else if (all.indexOf(':') > 0) {
        String name = line.until(':');
        single.put(name, line);
        others.put(name, all.substring(name.length() + 1).strip());
      }
    }
    FdDetail detail = detail(single, others);
    if (!targets.isEmpty()) {
      detail = new FdDetail.Epoll(targets);
    } else if (!watches.isEmpty()) {
      detail = new FdDetail.Inotify(watches);
    } else if (!fanotify.isEmpty()) {
      detail = new FdDetail.Fanotify(fanotify);
    }
    long position = line(single, "pos").decimal();
    Line flags = line(single, "flags");
    int flagBits = flags.octalInt(flags.word());
    int mount = single.containsKey("mnt_id") ? line(single, "mnt_id").decimalInt() : 0;
    long inode = single.containsKey("ino") ? line(single, "ino").decimal() : 0;
    others.keySet().removeAll(List.of("pos", "flags", "mnt_id", "ino"));
    return new FdInfo(position, flagBits, mount, inode, locks, detail, others);
  }

  private static Line line(Map<String, Line> lines, String name) {
    Line line = lines.get(name);
    if (line == null) {
      throw new ProcFormatException("fdinfo", lines.size(), "no line '" + name + "'", "");
    }
    return line;
  }

  private static FdDetail detail(Map<String, Line> single, Map<String, String> others) {
    if (single.containsKey("eventfd-count")) {
      Line count = line(single, "eventfd-count");
      // The count is printed in hexadecimal, fs/eventfd.c.
      return new FdDetail.Eventfd(count.hex(), "1".equals(others.get("eventfd-semaphore")));
    }
    if (single.containsKey("sigmask")) {
      return new FdDetail.Signalfd(line(single, "sigmask").hex());
    }
    if (single.containsKey("clockid")) {
      Line flags = line(single, "settime flags");
      return new FdDetail.Timerfd(
          line(single, "clockid").decimalInt(),
          line(single, "ticks").decimal(),
          flags.octalInt(flags.word()),
          nanoseconds(line(single, "it_value")),
          nanoseconds(line(single, "it_interval")));
    }
    if (single.containsKey("Pid")) {
      List<Integer> inner = new ArrayList<>();
      Line line = single.get("NSpid");
      while (line != null && !line.atEnd()) {
        inner.add(line.decimalInt());
      }
      return new FdDetail.Pidfd(line(single, "Pid").decimalInt(), inner);
    }
    if (single.containsKey("tty-index")) {
      return new FdDetail.TerminalMaster(line(single, "tty-index").decimalInt());
    }
    return new FdDetail.None();
  }

  /** "(99, 998664965)": seconds and nanoseconds. */
  private static long nanoseconds(Line line) {
    line.expect("(");
    long seconds = line.decimal(line.until(','));
    return Math.addExact(
        Math.multiplyExact(seconds, 1_000_000_000L), line.decimal(line.until(')')));
  }

  private static FdDetail.EpollTarget epollTarget(Line line) {
    int fd = line.expect("tfd:").decimalInt();
    int events = line.hexInt(line.expect("events:").word());
    long data = line.expect("data:").hex();
    // Since Linux 4.15 the file itself is named.
    long position = line.accept("pos:") ? line.decimal() : 0;
    long inode = line.accept("ino:") ? line.hex() : 0;
    long device = line.accept("sdev:") ? line.hex() : 0;
    return new FdDetail.EpollTarget(fd, events, data, position, inode, device);
  }

  private static FdDetail.InotifyWatch inotifyWatch(Line line) {
    int wd = line.expect("inotify wd:").decimalInt();
    long inode = line.expect("ino:").hex();
    long device = line.expect("sdev:").hex();
    int mask = line.hexInt(line.expect("mask:").word());
    int ignored = line.hexInt(line.expect("ignored_mask:").word());
    int type = 0;
    String handle = "";
    if (line.accept("fhandle-bytes:")) {
      long length = line.hex();
      type = line.hexInt(line.expect("fhandle-type:").word());
      handle = line.expect("f_handle:").word();
      if (handle.length() != 2 * length || !handle.matches("[0-9a-f]+")) {
        throw line.wrong("the file handle has not the length it says");
      }
    }
    return new FdDetail.InotifyWatch(wd, inode, device, mask, ignored, type, handle);
  }
}
