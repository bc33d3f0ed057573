package io.godwit.linux.abi;

/**
 * ptrace(2), raw: results are >= 0 or -errno. Only the thread that seized a tracee may call these
 * for it. Constants of linux/ptrace.h.
 */
public final class Ptrace {
  public static final int CONT = 7;
  public static final int KILL = 8;
  public static final int SINGLESTEP = 9;
  public static final int GETREGS = 12;
  public static final int SETREGS = 13;
  public static final int DETACH = 17;
  public static final int SYSCALL = 24;
  public static final int SETOPTIONS = 0x4200;
  public static final int GETEVENTMSG = 0x4201;
  public static final int GETSIGINFO = 0x4202;
  public static final int SETSIGINFO = 0x4203;
  public static final int GETREGSET = 0x4204;
  public static final int SETREGSET = 0x4205;
  public static final int SEIZE = 0x4206;
  public static final int INTERRUPT = 0x4207;
  public static final int LISTEN = 0x4208;
  public static final int PEEKSIGINFO = 0x4209;
  public static final int GETSIGMASK = 0x420a;
  public static final int SETSIGMASK = 0x420b;
  public static final int GET_SYSCALL_INFO = 0x420e;
  public static final int GET_RSEQ_CONFIGURATION = 0x420f;

  public static final long O_TRACESYSGOOD = 1;
  public static final long O_TRACEFORK = 1 << 1;
  public static final long O_TRACEVFORK = 1 << 2;
  public static final long O_TRACECLONE = 1 << 3;
  public static final long O_TRACEEXEC = 1 << 4;
  public static final long O_TRACEEXIT = 1 << 6;
  public static final long O_EXITKILL = 1 << 20;
  public static final long O_SUSPEND_SECCOMP = 1 << 21;

  public static final int EVENT_FORK = 1;
  public static final int EVENT_VFORK = 2;
  public static final int EVENT_CLONE = 3;
  public static final int EVENT_EXEC = 4;
  public static final int EVENT_EXIT = 6;
  public static final int EVENT_STOP = 128;

  /** PEEKSIGINFO: the queue of the whole process instead of the thread's own. */
  public static final int PEEKSIGINFO_SHARED = 1;

  /** The regset of the extended processor state (linux/elf.h). */
  public static final int NT_X86_XSTATE = 0x202;

  private Ptrace() {}

  /** A request with an address and a number or pointer. */
  public static long request(int request, int tid, long address, long data) {
    return Kernel.call(Syscall.PTRACE, request, tid, address, data);
  }
}
