package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.StructLayout;

/** System V interprocess communication: sysvipc(7), shmctl(2), semctl(2), msgctl(2). */
@CHeaders({"sys/ipc.h", "sys/shm.h", "sys/sem.h", "sys/msg.h"})
public final class IpcAbi {
  public static final int IPC_PRIVATE = 0;
  public static final int IPC_CREAT = 01000;
  public static final int IPC_EXCL = 02000;
  public static final int IPC_NOWAIT = 04000;
  public static final int IPC_RMID = 0;
  public static final int IPC_SET = 1;
  public static final int IPC_STAT = 2;
  public static final int SHM_RDONLY = 010000;
  public static final int SHM_LOCK = 11;
  public static final int GETPID = 11;
  public static final int GETALL = 13;
  public static final int SETALL = 17;
  public static final int SEM_UNDO = 0x1000;
  public static final int MSG_COPY = 040000;

  /** In the mode of a segment: it ends with its last attachment (shmctl(2)). */
  public static final int SHM_DEST = 01000;

  /** In the mode of a segment: its pages are not swapped. */
  public static final int SHM_LOCKED = 02000;

  /** The largest value of a semaphore. */
  @NotInHeaders("include/uapi/linux/sem.h of the kernel, which excludes sys/sem.h")
  public static final int SEMVMX = 32767;

  /** The largest adjustment at exit; the smallest is one further from zero. */
  @NotInHeaders("include/uapi/linux/sem.h of the kernel, which excludes sys/sem.h")
  public static final int SEMAEM = SEMVMX;

  @CStruct("struct ipc_perm")
  public static final StructLayout IPC_PERM =
      structLayout(
          JAVA_INT.withName("__key"),
          JAVA_INT.withName("uid"),
          JAVA_INT.withName("gid"),
          JAVA_INT.withName("cuid"),
          JAVA_INT.withName("cgid"),
          JAVA_INT.withName("mode"),
          JAVA_SHORT.withName("__seq"),
          paddingLayout(22));

  @CStruct("struct msqid_ds")
  public static final StructLayout MSQID_DS =
      structLayout(
          IPC_PERM.withName("msg_perm"),
          JAVA_LONG.withName("msg_stime"),
          JAVA_LONG.withName("msg_rtime"),
          JAVA_LONG.withName("msg_ctime"),
          JAVA_LONG.withName("__msg_cbytes"),
          JAVA_LONG.withName("msg_qnum"),
          JAVA_LONG.withName("msg_qbytes"),
          JAVA_INT.withName("msg_lspid"),
          JAVA_INT.withName("msg_lrpid"),
          paddingLayout(16));

  @CStruct("struct sembuf")
  public static final StructLayout SEMBUF =
      structLayout(
          JAVA_SHORT.withName("sem_num"),
          JAVA_SHORT.withName("sem_op"),
          JAVA_SHORT.withName("sem_flg"));

  private IpcAbi() {}
}
