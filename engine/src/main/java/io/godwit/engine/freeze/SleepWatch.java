package io.godwit.engine.freeze;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Registers;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.CurrentSyscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TimerList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how long threads would have gone on sleeping. The kernel keeps the end of a relative
 * sleep to itself; but the sleep's timer stands in /proc/timer_list before the freeze and not after
 * it. Which of the vanished timers belongs to which thread is told by when the thread went to
 * sleep.
 */
public final class SleepWatch {
  private static final int ERESTART_RESTARTBLOCK = 516;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final int RESTART = number(Syscall.RESTART_SYSCALL);
  private static final int NANOSLEEP = number(Syscall.NANOSLEEP);
  private static final int CLOCK_NANOSLEEP = number(Syscall.CLOCK_NANOSLEEP);
  private static final int POLL = number(Syscall.POLL);
  private static final int FUTEX = number(Syscall.FUTEX);
  private static final int EPOLL_WAIT = number(Syscall.EPOLL_WAIT);
  private static final int EPOLL_PWAIT = number(Syscall.EPOLL_PWAIT);
  private static final Set<Integer> TIMED =
      Set.of(RESTART, NANOSLEEP, CLOCK_NANOSLEEP, POLL, FUTEX, EPOLL_WAIT, EPOLL_PWAIT);
  private static final int FUTEX_COMMAND = 0x7f;
  private static final int FUTEX_WAIT = 0;

  /** By how much a sleep's timer may differ from what is reckoned for it, at least. */
  private static final long TOLERANCE_NANOS = 5 * NANOS_PER_MILLI;

  /** And by this part of the time asleep: the scheduler's clocks leave out what was stolen. */
  private static final int STOLEN_PART = 8;

  /**
   * A sleeping thread as it was seen before the freeze.
   *
   * @param since when it went to sleep, as System.nanoTime() tells it; empty if nothing tells
   */
  private record Seen(int call, OptionalLong since) {}

  /** A thread that sleeps, and when it last ran by the scheduler's clock of its processor. */
  private record Sleeper(Tid tid, int call, int processor, long lastRanNanos) {}

  /**
   * A relative wait that was interrupted.
   *
   * @param call the system call that began it
   * @param remainingNanos what is left of it
   */
  public record Sleep(int call, long remainingNanos) {}

  private final Map<Tid, Seen> seen = new HashMap<>();

  /** Timers that ended with the freeze, by the time that was left. */
  private final TreeMap<Long, Integer> vanished = new TreeMap<>();

  private @Nullable TimerList before;
  private long lookedAt;
  private boolean compared;

  private SleepWatch() {}

  private static int number(Syscall call) {
    return Architecture.current().number(call);
  }

  /** Looks at the threads of processes that still run. */
  static SleepWatch look(List<Pid> pids) {
    SleepWatch watch = new SleepWatch();
    List<Sleeper> sleepers = new ArrayList<>();
    for (Pid pid : pids) {
      try {
        ProcTask process = ProcFs.host().process(pid);
        for (Tid tid : process.threads()) {
          look(process.thread(tid), tid, sleepers);
        }
      } catch (LinuxException e) {
        // It ended or may not be looked at; the freeze says so where it matters.
      }
    }
    if (!sleepers.isEmpty()) {
      watch.date(sleepers);
      watch.before = timers();
      watch.lookedAt = System.nanoTime();
    }
    return watch;
  }

  /** When they went to sleep, by the clocks of the processors where they did. */
  private void date(List<Sleeper> sleepers) {
    Set<Integer> processors = new HashSet<>();
    sleepers.forEach(sleeper -> processors.add(sleeper.processor()));
    Map<Integer, Long> offsets = SchedulerClocks.behindNanoTime(processors);
    for (Sleeper sleeper : sleepers) {
      Long offset = offsets.get(sleeper.processor());
      seen.put(
          sleeper.tid(),
          new Seen(
              sleeper.call(),
              offset == null
                  ? OptionalLong.empty()
                  : OptionalLong.of(sleeper.lastRanNanos() + offset)));
    }
  }

  private static void look(ProcTask task, Tid tid, List<Sleeper> into) {
    try {
      if (task.syscall() instanceof CurrentSyscall.Inside inside
          && TIMED.contains((int) inside.number())
          && mayEnd((int) inside.number(), inside.arguments())) {
        int call =
            inside.number() == RESTART ? byWaitChannel(task.waitChannel()) : (int) inside.number();
        // In this order: one that has been woken up since then has a later time on the processor.
        int processor = task.stat().processor();
        into.add(new Sleeper(tid, call, processor, task.sched().execStartNanos()));
      }
    } catch (LinuxException | io.godwit.linux.proc.ProcFormatException e) {
      // Gone, or a kernel without this file: its call begins again with the whole time.
    }
  }

  /** Whether the call may be a relative wait that has an end: most waits have none. */
  private static boolean mayEnd(int call, List<Long> arguments) {
    if (call == FUTEX) {
      return arguments.get(3) != 0 && (arguments.get(1) & FUTEX_COMMAND) == FUTEX_WAIT;
    }
    if (call == POLL) {
      return arguments.get(2).intValue() >= 0;
    }
    return (call != EPOLL_WAIT && call != EPOLL_PWAIT) || arguments.get(3).intValue() >= 0;
  }

  /** A call that was restarted once shows only its restart; where it sleeps tells which it was. */
  private static int byWaitChannel(String function) {
    if (function.contains("poll")) {
      return POLL;
    }
    // A restarted sleep shows as the entry code itself: its function gives way to the next one.
    return function.contains("futex") ? FUTEX : NANOSLEEP;
  }

  private static @Nullable TimerList timers() {
    try {
      return ProcFs.host().timerList();
    } catch (LinuxException | io.godwit.linux.proc.ProcFormatException e) {
      return null; // root's alone; the estimate remains
    }
  }

  /** The relative wait that the stop of a thread interrupted, if that is what it did. */
  Optional<Sleep> sleep(Pid pid, Tid tid, Registers registers) {
    Seen look = seen.get(tid);
    if (!registers.inSyscall()) {
      return Optional.empty();
    }
    boolean restartBlock = registers.result() == -ERESTART_RESTARTBLOCK;
    int now = (int) registers.syscallNumber();
    boolean epoll = now == EPOLL_WAIT || now == EPOLL_PWAIT;
    if (!restartBlock && !(epoll && registers.result() == -4)) {
      return Optional.empty();
    }
    int call = now == RESTART ? (look == null ? NANOSLEEP : look.call()) : now;
    if (call == FUTEX && (registers.argument(1) & FUTEX_COMMAND) != FUTEX_WAIT) {
      return Optional.empty(); // an absolute time: the same call again
    }
    long request = request(pid, call, registers);
    if (request < 0) {
      return Optional.empty(); // for ever
    }
    // The time that the call has been going on; nothing is known of one that began just now.
    long asleep =
        look == null || look.call() != call || look.since().isEmpty()
            ? 0
            : Math.max(0, lookedAt - look.since().getAsLong());
    boolean restarted = now == RESTART;
    return Optional.of(new Sleep(call, remaining(request, asleep, restarted)));
  }

  /**
   * A sleep that goes on for the first time ends when it was asked to: its timer is told by that
   * time, and is only the more exact of two. One that was restarted ends earlier, by nobody knows
   * how much: the latest timer that may be its own, so that it is not cut short.
   */
  private long remaining(long request, long asleep, boolean restarted) {
    long reckoned = Math.clamp(request - asleep, 0, request);
    long tolerance = TOLERANCE_NANOS + asleep / STOLEN_PART;
    compare();
    Long best = vanished.floorKey(reckoned + TOLERANCE_NANOS);
    if (!restarted) {
      Long above = vanished.ceilingKey(reckoned);
      if (above != null && (best == null || above - reckoned < Math.abs(reckoned - best))) {
        best = above;
      }
      if (best != null && Math.abs(reckoned - best) > tolerance) {
        best = null;
      }
    }
    if (best == null) {
      return reckoned;
    }
    int left = vanished.getOrDefault(best, 1) - 1;
    if (left == 0) {
      vanished.remove(best);
    } else {
      vanished.put(best, left);
    }
    return best;
  }

  private void compare() {
    TimerList first = before;
    if (compared || first == null) {
      return;
    }
    compared = true;
    TimerList after = timers();
    if (after == null) {
      return;
    }
    Set<String> still = new HashSet<>();
    for (TimerList.Hrtimer timer : after.timers()) {
      still.add(timer.address() + timer.softExpires());
    }
    for (TimerList.Hrtimer timer : first.timers()) {
      if (timer.function().equals("hrtimer_wakeup")
          && !still.contains(timer.address() + timer.softExpires())) {
        if (timer.remaining() > 0) {
          vanished.merge(timer.remaining(), 1, Integer::sum);
        }
      }
    }
  }

  /** What the call was asked to wait, in nanoseconds; negative for ever. */
  private static long request(Pid pid, int call, Registers registers) {
    if (call == POLL) {
      return (int) registers.argument(2) * NANOS_PER_MILLI;
    }
    if (call == EPOLL_WAIT || call == EPOLL_PWAIT) {
      return (int) registers.argument(3) * NANOS_PER_MILLI;
    }
    int pointer = call == NANOSLEEP ? 0 : call == CLOCK_NANOSLEEP ? 2 : 3;
    // A restarted sleep may have been either call; clock_nanosleep has a small first argument.
    if (call == NANOSLEEP && Long.compareUnsigned(registers.argument(0), 4096) < 0) {
      pointer = 2;
    }
    long address = registers.argument(pointer);
    if (address == 0) {
      return -1;
    }
    try {
      RemoteMemory memory = RemoteMemory.of(pid);
      return memory.readLong(address) * NANOS_PER_SECOND + memory.readLong(address + 8);
    } catch (LinuxException e) {
      return -1;
    }
  }
}
