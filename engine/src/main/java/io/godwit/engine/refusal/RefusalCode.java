package io.godwit.engine.refusal;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** Why a process tree is refused; numbers from 100 on belong to refusals and never change. */
public enum RefusalCode implements ErrorCode {
  KERNEL_THREAD(101),
  INIT_PROCESS(102),
  OURSELVES(103),
  TRACED(104),
  THIRTY_TWO_BIT(105),
  UNINTERRUPTIBLE(106),
  DEADLINE_SCHEDULING(107),
  FOREIGN_NAMESPACE(108),
  SECCOMP_STRICT(109),
  THREADS_DIFFER(110),
  SHARED_TABLES(111),
  IO_URING(120),
  PERF_EVENT(121),
  BPF_OBJECT(122),
  USERFAULTFD(123),
  FANOTIFY(124),
  PIDFD_OUTSIDE(125),
  NAMESPACE_DESCRIPTOR(126),
  UNKNOWN_ANONYMOUS(127),
  DEVICE(128),
  BLOCK_DEVICE(129),
  TERMINAL_OUTSIDE(130),
  PIPE_OUTSIDE(131),
  SOCKET_OUTSIDE(132),
  SOCKET_FAMILY(133),
  SOCKET_CONNECTED(134),
  SOCKET_STATE(135),
  LEASE(136),
  MESSAGE_QUEUE(137),
  DELETED_TOO_BIG(138),
  DESCRIPTORS_IN_FLIGHT(139),
  TERMINAL_PAIR(140),
  DIRECTORY_DELETED(141),
  DEVICE_MAPPING(150),
  HUGE_PAGES(151),
  AIO(152),
  SECRET_MEMORY(153),
  SYSTEM_V_SHARED_MEMORY(154),
  SHARED_MEMORY_OUTSIDE(155),
  SHADOW_STACK(156),
  SYSTEM_V_OBJECT(157),
  SYSTEM_V_OUTSIDE(158),
  SYSTEM_V_FORCED(159),
  CLOCK(160);

  private final int number;

  RefusalCode(int number) {
    this.number = number;
  }

  @Override
  public String code() {
    return "GW-ENGINE-" + number;
  }

  @Override
  public ExitStatus exitStatus() {
    return ExitStatus.REFUSED;
  }
}
