package io.godwit.engine.refusal;

import io.godwit.linux.proc.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a process itself may not be: which one, in which state, under whose control. */
final class ProcessRules {
  /** Flag of /proc/PID/stat, include/linux/sched.h. */
  static final long PF_KTHREAD = 0x00200000;

  private static final int SCHED_DEADLINE = 6;
  private static final int SECCOMP_STRICT = 1;
  private static final int ELF_CLASS_32 = 1;

  /** CLOCK_REALTIME to CLOCK_TAI; negative ones are CPU clocks or devices. */
  private static final int LAST_CLOCK = 11;

  /** The low three bits of the number of a clock that is a device (PTP). */
  private static final int CLOCK_DEVICE = 3;

  private ProcessRules() {}

  static List<Refusal> check(TreeSurvey tree) {
    List<Refusal> found = new ArrayList<>();
    for (ProcessSurvey process : tree.processes()) {
      if (identity(tree, process, found) && !process.isZombie()) {
        state(tree, process, found);
        threads(process, found);
        namespaces(tree, process, found);
      }
    }
    return found;
  }

  /** Who may never be moved; false where nothing else needs to be asked. */
  private static boolean identity(TreeSurvey tree, ProcessSurvey process, List<Refusal> found) {
    if ((process.stat().flags() & PF_KTHREAD) != 0) {
      found.add(
          process.refuse(
              RefusalCode.KERNEL_THREAD,
              "it is a kernel thread",
              "it belongs to this machine's kernel and has no address space",
              "name a process of a program"));
      return false;
    }
    if (process.pid().equals(tree.self())) {
      found.add(
          process.refuse(
              RefusalCode.OURSELVES,
              "it is Godwit itself",
              "who moves a process cannot be stopped meanwhile",
              "name a process that is neither this command nor an ancestor of it"));
      return false;
    }
    if (process.pid().number() == 1) {
      found.add(
          process.refuse(
              RefusalCode.INIT_PROCESS,
              "it is the init process of this machine",
              "its end would take everything else down",
              "name one of its children"));
      return false;
    }
    return true;
  }

  private static void state(TreeSurvey tree, ProcessSurvey process, List<Refusal> found) {
    int tracer = process.status().tracer();
    if (tracer != 0 && !tree.ownThreads().contains(tracer)) {
      found.add(
          process.refuse(
              RefusalCode.TRACED,
              "process " + tracer + " traces it",
              "the kernel allows one tracer for a process",
              "end the debugger or strace, process " + tracer));
    }
    if (process.elfClass() == ELF_CLASS_32) {
      found.add(
          process.refuse(
              RefusalCode.THIRTY_TWO_BIT,
              "it runs a 32-bit program",
              "only 64-bit register sets and system calls are carried",
              "use a 64-bit build of the program"));
    }
    if (process.stuck()) {
      found.add(
          process.refuse(
              RefusalCode.UNINTERRUPTIBLE,
              "it is in an uninterruptible wait (state D)",
              "it cannot be stopped before the device or file server answers",
              "try again, or look at /proc/" + process.pid() + "/wchan for what it waits for"));
    }
    if (process.stat().schedulingPolicy() == SCHED_DEADLINE) {
      found.add(
          process.refuse(
              RefusalCode.DEADLINE_SCHEDULING,
              "it is scheduled by deadline (SCHED_DEADLINE)",
              "its reservation of this machine's processors cannot be taken along",
              "put it under SCHED_FIFO first: chrt -f -p 1 " + process.pid()));
    }
    if (process.status().seccompMode() == SECCOMP_STRICT) {
      found.add(
          process.refuse(
              RefusalCode.SECCOMP_STRICT,
              "it is in seccomp's strict mode",
              "it may make no system call that its restoration needs",
              "use a filter (SECCOMP_SET_MODE_FILTER) instead of strict mode"));
    }
    if (process.status().values().getOrDefault("x86_Thread_features", "").contains("shstk")) {
      found.add(
          process.refuse(
              RefusalCode.SHADOW_STACK,
              "it has a shadow stack",
              "shadow stacks are not recreated yet",
              "start it with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off"));
    }
    for (int clock : process.clocks()) {
      if (clock > LAST_CLOCK || (clock < 0 && (clock & 7) == CLOCK_DEVICE)) {
        found.add(
            process.refuse(
                RefusalCode.CLOCK,
                "it has a timer on clock " + clock,
                "that clock is a device of this machine",
                "let the program use a clock of clock_gettime(2) that every machine has"));
      }
    }
  }

  private static void threads(ProcessSurvey process, List<Refusal> found) {
    for (String shared : process.sharing()) {
      found.add(
          process.refuse(
              RefusalCode.SHARED_TABLES,
              "it " + shared,
              "such sharing is not recreated yet",
              "a vfork in progress ends by itself: try again; else let the program use fork"));
    }
    for (TaskStatus thread : process.threads()) {
      if (!sameFilters(thread, process.status())) {
        found.add(
            process.refuse(
                RefusalCode.THREADS_DIFFER,
                "its thread " + thread.pid() + " has other seccomp filters than the first",
                "filters that differ between threads of a process are not recreated yet",
                "install filters for all threads: SECCOMP_FILTER_FLAG_TSYNC"));
        return;
      }
    }
  }

  private static boolean sameFilters(TaskStatus one, TaskStatus other) {
    return one.seccompMode() == other.seccompMode()
        && one.seccompFilters() == other.seccompFilters();
  }

  /**
   * All processes live in the namespaces of the first, and what a process starts would too: else
   * the tree spans several worlds.
   */
  private static void namespaces(TreeSurvey tree, ProcessSurvey process, List<Refusal> found) {
    Map<String, String> first = tree.processes().getFirst().namespaces();
    for (Map.Entry<String, String> mine : process.namespaces().entrySet()) {
      String kind = mine.getKey();
      String expected =
          kind.endsWith("_for_children")
              ? process.namespaces().get(kind.substring(0, kind.indexOf('_')))
              : first.get(kind);
      if (expected != null && !Objects.equals(expected, mine.getValue())) {
        found.add(
            process.refuse(
                RefusalCode.FOREIGN_NAMESPACE,
                "its " + kind.replace('_', ' ') + " namespace is " + mine.getValue(),
                "the rest of the tree lives in " + expected + "; nested namespaces are not carried",
                "move the container as a whole, or run the program without one inside the pod"));
      }
    }
  }
}
