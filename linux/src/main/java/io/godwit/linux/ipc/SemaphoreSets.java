package io.godwit.linux.ipc;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Semaphore sets, semget(2). */
public final class SemaphoreSets {
  /** struct semid_ds; only its beginning is used. */
  private static final int SEMID_DS_BYTES = 104;

  /** One operation of semop(2), struct sembuf. */
  public record Operation(int semaphore, int add, int flags) {
    /** Bytes of one operation. */
    public static final int BYTES = 6;
  }

  private SemaphoreSets() {}

  /**
   * Makes a set.
   *
   * @param operated whether sem_otime is to tell that semop(2) has succeeded before: programs wait
   *     for that when another one makes the set
   */
  public static void create(
      int id, int key, List<Integer> values, boolean operated, IpcObjects.Owner owner) {
    IpcObjects.make(
        "sem",
        id,
        owner,
        Syscall.SEMGET,
        () -> Kernel.call(Syscall.SEMGET, key, values.size(), IpcObjects.creation(owner)));
    if (operated) {
      byte[] waitForZero = encode(List.of(new Operation(0, 0, IpcAbi.IPC_NOWAIT)));
      NativeBuffer buffer = NativeBuffer.allocate(waitForZero.length);
      buffer.bytes().put(0, waitForZero);
      check(Kernel.call(Syscall.SEMOP, id, buffer.address(), 1), Syscall.SEMOP, id);
    }
    NativeBuffer all = NativeBuffer.allocate(2 * values.size());
    for (int i = 0; i < values.size(); i++) {
      all.bytes().putShort(2 * i, values.get(i).shortValue());
    }
    check(Kernel.call(Syscall.SEMCTL, id, 0, IpcAbi.SETALL, all.address()), Syscall.SEMCTL, id);
    NativeBuffer set = IpcObjects.permissions(SEMID_DS_BYTES, owner);
    check(Kernel.call(Syscall.SEMCTL, id, 0, IpcAbi.IPC_SET, set.address()), Syscall.SEMCTL, id);
  }

  /** The values of a set. */
  public static List<Integer> values(int id, int count) {
    NativeBuffer all = NativeBuffer.allocate(Math.max(2, 2 * count));
    check(Kernel.call(Syscall.SEMCTL, id, 0, IpcAbi.GETALL, all.address()), Syscall.SEMCTL, id);
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> Short.toUnsignedInt(all.bytes().getShort(2 * i)))
        .toList();
  }

  /** Who changed a semaphore last, in the caller's PID namespace; 0 for nobody here. */
  public static int lastUser(int id, int semaphore) {
    return (int)
        check(Kernel.call(Syscall.SEMCTL, id, semaphore, IpcAbi.GETPID, 0), Syscall.SEMCTL, id);
  }

  /** Operations as semop(2) takes them. */
  public static byte[] encode(List<Operation> operations) {
    ByteBuffer bytes =
        ByteBuffer.allocate(operations.size() * Operation.BYTES).order(ByteOrder.nativeOrder());
    for (Operation operation : operations) {
      bytes
          .putShort((short) operation.semaphore())
          .putShort((short) operation.add())
          .putShort((short) operation.flags());
    }
    return bytes.array();
  }

  private static long check(long result, Syscall call, int id) {
    return LinuxException.check(result, call, "semaphore set " + id);
  }
}
