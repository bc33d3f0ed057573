package io.godwit.engine.kind.descriptor;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.LiveProcess;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TaskStat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** The controlling terminal of a session and the process group in its foreground. */
public final class Terminals {
  private static final int TIOCSCTTY = 0x540E;
  private static final int TIOCSPGRP = 0x5410;

  /** Takes the terminal from whichever session has it; the restoring side has that right. */
  private static final int STEAL = 1;

  private Terminals() {}

  /** The terminal that controls a process, where the caller answers for it. */
  public static Optional<OpenFile> controlling(FrozenProcess process, OpenFiles files) {
    TaskStat stat = new ProcTask(process.proc().toString()).stat();
    if (stat.terminal() == 0) {
      return Optional.empty();
    }
    DeviceNumber terminal = device(stat.terminal());
    return files.all().stream()
        .filter(file -> file.status().rdev().equals(terminal))
        .filter(file -> files.roleOf(file).isPresent())
        .findFirst();
  }

  /** tty_nr of proc_pid_stat(5): bits 31-20 and 7-0 are the minor, 15-8 the major number. */
  public static DeviceNumber device(int number) {
    return new DeviceNumber(number >>> 8 & 0xfff, (number & 0xff) | (number >>> 12 & 0xfff00));
  }

  static void describe(FrozenProcess process, OpenFiles files, ImageDraft draft) {
    TaskStat stat = new ProcTask(process.proc().toString()).stat();
    boolean leads = stat.session() == process.hostPid().number();
    if (leads) {
      controlling(process, files)
          .ifPresent(
              file ->
                  draft
                      .process(process.podPid())
                      .controllingTerminal(file.id(), foreground(stat, files)));
    }
  }

  private static int foreground(TaskStat stat, OpenFiles files) {
    for (FrozenProcess process : files.tree().processes()) {
      ProcTask task = new ProcTask(process.proc().toString());
      if (task.stat().processGroup() == stat.foregroundGroup()) {
        List<Integer> groups = task.status().processGroupIds();
        return groups.isEmpty() ? 0 : groups.getLast();
      }
    }
    return 0;
  }

  /** Gives each session its terminal; all processes exist with their sessions and groups. */
  static void make(Making making) {
    for (RestoredProcess process : making.restoration().processes()) {
      LiveProcess.ProcessAttributes attributes = process.image().attributes();
      attributes
          .controllingTerminal()
          .flatMap(making::made)
          .ifPresent(terminal -> take(process, terminal, attributes.foregroundGroup(), making));
    }
  }

  private static void take(RestoredProcess process, Fd terminal, int group, Making making) {
    int number = making.restoration().channel().pass(process.injector(), List.of(terminal))[0];
    SyscallBatch batch = process.calls().room(3, 4);
    batch.add(Syscall.IOCTL, number, TIOCSCTTY, STEAL);
    if (group != 0) {
      byte[] raw = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(group).array();
      batch.add(Syscall.IOCTL, number, TIOCSPGRP, batch.data(raw));
    }
    batch.add(Syscall.CLOSE, number);
    process.calls().flush();
  }
}
