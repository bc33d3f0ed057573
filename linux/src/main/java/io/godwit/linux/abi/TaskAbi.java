package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.StructLayout;

/**
 * prctl(2), kcmp(2), clock_gettime(2), sched(7), prlimit(2) and the calls that make event files.
 */
@CHeaders({
  "linux/prctl.h",
  "linux/kcmp.h",
  "linux/sched.h",
  "linux/sched/types.h",
  "linux/time.h",
  "linux/memfd.h",
  "linux/eventpoll.h",
  "sys/eventfd.h",
  "linux/timerfd.h",
  "linux/signalfd.h",
  "linux/resource.h",
  "linux/ioprio.h",
  "linux/pidfd.h"
})
public final class TaskAbi {
  public static final int PR_SET_PDEATHSIG = 1;
  public static final int PR_GET_DUMPABLE = 3;
  public static final int PR_SET_DUMPABLE = 4;
  public static final int PR_SET_NAME = 15;
  public static final int PR_GET_NAME = 16;
  public static final int PR_GET_SECCOMP = 21;
  public static final int PR_SET_MM = 35;
  public static final int PR_SET_MM_MAP = 14;
  public static final int PR_SET_MM_MAP_SIZE = 15;
  public static final int PR_SET_CHILD_SUBREAPER = 36;
  public static final int PR_GET_CHILD_SUBREAPER = 37;
  public static final int PR_SET_NO_NEW_PRIVS = 38;
  public static final int PR_GET_NO_NEW_PRIVS = 39;
  public static final int PR_GET_TID_ADDRESS = 40;
  public static final int PR_SET_THP_DISABLE = 41;
  public static final int PR_GET_THP_DISABLE = 42;
  public static final int PR_CAP_AMBIENT = 47;
  public static final int PR_SET_VMA = 0x53564d41;
  public static final int PR_SET_VMA_ANON_NAME = 0;
  public static final int PR_TIMER_CREATE_RESTORE_IDS = 77;
  public static final int PR_TIMER_CREATE_RESTORE_IDS_OFF = 0;
  public static final int PR_TIMER_CREATE_RESTORE_IDS_ON = 1;
  public static final int PR_TIMER_CREATE_RESTORE_IDS_GET = 2;

  public static final int KCMP_FILE = 0;
  public static final int KCMP_VM = 1;
  public static final int KCMP_FILES = 2;
  public static final int KCMP_FS = 3;
  public static final int KCMP_SIGHAND = 4;
  public static final int KCMP_IO = 5;
  public static final int KCMP_SYSVSEM = 6;
  public static final int KCMP_EPOLL_TFD = 7;

  public static final int CLOCK_REALTIME = 0;
  public static final int CLOCK_MONOTONIC = 1;
  public static final int CLOCK_PROCESS_CPUTIME_ID = 2;
  public static final int CLOCK_THREAD_CPUTIME_ID = 3;
  public static final int CLOCK_MONOTONIC_RAW = 4;
  public static final int CLOCK_BOOTTIME = 7;
  public static final int CLOCK_TAI = 11;

  public static final int MFD_CLOEXEC = 1;
  public static final int MFD_ALLOW_SEALING = 2;
  public static final int MFD_HUGETLB = 4;
  public static final int EPOLL_CLOEXEC = 0x80000;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;
  public static final int EFD_SEMAPHORE = 1;
  public static final int EFD_CLOEXEC = 0x80000;
  public static final int EFD_NONBLOCK = 0x800;
  public static final int TFD_CLOEXEC = 0x80000;
  public static final int TFD_TIMER_ABSTIME = 1;
  public static final int TFD_TIMER_CANCEL_ON_SET = 2;
  public static final int TFD_IOC_SET_TICKS = 0x40085400;
  public static final int SFD_CLOEXEC = 0x80000;
  public static final int PIDFD_NONBLOCK = 0x800;

  public static final int SCHED_NORMAL = 0;
  public static final int SCHED_FIFO = 1;
  public static final int SCHED_RR = 2;
  public static final int SCHED_BATCH = 3;
  public static final int SCHED_IDLE = 5;
  public static final int SCHED_DEADLINE = 6;
  public static final int SCHED_FLAG_RESET_ON_FORK = 1;

  public static final int IOPRIO_WHO_PROCESS = 1;
  public static final int IOPRIO_WHO_PGRP = 2;
  public static final int IOPRIO_WHO_USER = 3;

  @CStruct("struct kcmp_epoll_slot")
  public static final StructLayout KCMP_SLOT =
      structLayout(JAVA_INT.withName("efd"), JAVA_INT.withName("tfd"), JAVA_INT.withName("toff"));

  @CStruct("struct sched_attr")
  public static final StructLayout SCHED_ATTR =
      structLayout(
          JAVA_INT.withName("size"),
          JAVA_INT.withName("sched_policy"),
          JAVA_LONG.withName("sched_flags"),
          JAVA_INT.withName("sched_nice"),
          JAVA_INT.withName("sched_priority"),
          JAVA_LONG.withName("sched_runtime"),
          JAVA_LONG.withName("sched_deadline"),
          JAVA_LONG.withName("sched_period"),
          JAVA_INT.withName("sched_util_min"),
          JAVA_INT.withName("sched_util_max"));

  @CStruct("struct rlimit64")
  public static final StructLayout RLIMIT =
      structLayout(JAVA_LONG.withName("rlim_cur"), JAVA_LONG.withName("rlim_max"));

  @CStruct("struct timespec")
  public static final StructLayout TIMESPEC =
      structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));

  @CStruct("struct itimerspec")
  public static final StructLayout ITIMERSPEC =
      structLayout(
          JAVA_LONG.withName("it_interval.tv_sec"),
          JAVA_LONG.withName("it_interval.tv_nsec"),
          JAVA_LONG.withName("it_value.tv_sec"),
          JAVA_LONG.withName("it_value.tv_nsec"));

  private TaskAbi() {}
}
