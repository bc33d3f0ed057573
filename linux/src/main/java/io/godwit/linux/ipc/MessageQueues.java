package io.godwit.linux.ipc;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Message queues, msgget(2). */
public final class MessageQueues {
  private static final int QBYTES_OFFSET = 88;
  private static final int TYPE_BYTES = 8;
  private static final String CAPACITY = "msgmnb";

  /**
   * A message as it waits.
   *
   * @param text from its position to its limit
   */
  public record Message(long type, ByteBuffer text) {}

  private MessageQueues() {}

  /**
   * Makes a queue with its messages. What it may hold beyond the setting kernel.msgmnb is had by
   * raising that for a moment: a new queue may hold that much, whoever makes it.
   *
   * @param capacity msg_qbytes
   */
  public static void create(
      int id, int key, long capacity, List<Message> messages, IpcObjects.Owner owner) {
    long waiting = messages.stream().mapToLong(message -> message.text().remaining()).sum();
    String usual = IpcObjects.setting(CAPACITY);
    IpcObjects.setting(CAPACITY, Long.toString(Math.max(Math.max(capacity, waiting), 1)));
    try {
      IpcObjects.make(
          "msg",
          id,
          owner,
          Syscall.MSGGET,
          () -> Kernel.call(Syscall.MSGGET, key, IpcObjects.creation(owner)));
      messages.forEach(message -> send(id, message));
      NativeBuffer set = IpcObjects.permissions((int) IpcAbi.MSQID_DS.byteSize(), owner);
      set.putLong(QBYTES_OFFSET, capacity);
      check(Kernel.call(Syscall.MSGCTL, id, IpcAbi.IPC_SET, set.address()), Syscall.MSGCTL, id);
    } finally {
      IpcObjects.setting(CAPACITY, usual);
    }
  }

  private static void send(int id, Message message) {
    int length = message.text().remaining();
    NativeBuffer buffer = NativeBuffer.allocate(TYPE_BYTES + length);
    buffer.putLong(0, message.type());
    buffer.bytes().put(TYPE_BYTES, message.text(), message.text().position(), length);
    check(
        Kernel.call(Syscall.MSGSND, id, buffer.address(), length, IpcAbi.IPC_NOWAIT),
        Syscall.MSGSND,
        id);
  }

  /** The msg_qbytes of a queue. */
  public static long capacity(int id) {
    NativeBuffer status = NativeBuffer.allocate((int) IpcAbi.MSQID_DS.byteSize());
    check(Kernel.call(Syscall.MSGCTL, id, IpcAbi.IPC_STAT, status.address()), Syscall.MSGCTL, id);
    return status.getLong(QBYTES_OFFSET);
  }

  /**
   * Who sent to and received from a queue last: process ids in the caller's PID namespace, 0 for
   * nobody here.
   */
  public static List<Integer> lastUsers(int id) {
    NativeBuffer status = NativeBuffer.allocate((int) IpcAbi.MSQID_DS.byteSize());
    check(Kernel.call(Syscall.MSGCTL, id, IpcAbi.IPC_STAT, status.address()), Syscall.MSGCTL, id);
    return List.of(status.getInt(QBYTES_OFFSET + 8), status.getInt(QBYTES_OFFSET + 12));
  }

  /**
   * Copies of the waiting messages, in their order; the queue stays as it is.
   *
   * @param largest bytes of the longest message there can be
   */
  public static List<Message> peek(int id, int largest) {
    List<Message> found = new ArrayList<>();
    NativeBuffer buffer = NativeBuffer.allocate(TYPE_BYTES + largest);
    while (true) {
      long length =
          Kernel.call(
              Syscall.MSGRCV,
              id,
              buffer.address(),
              largest,
              found.size(),
              IpcAbi.MSG_COPY | IpcAbi.IPC_NOWAIT,
              0);
      if (length == -Errno.ENOMSG.number()) {
        return List.copyOf(found);
      }
      byte[] text = new byte[(int) check(length, Syscall.MSGRCV, id)];
      buffer.bytes().get(TYPE_BYTES, text);
      found.add(new Message(buffer.getLong(0), ByteBuffer.wrap(text)));
    }
  }

  private static long check(long result, Syscall call, int id) {
    return LinuxException.check(result, call, "message queue " + id);
  }
}
