package io.godwit.linux.proc;

import java.util.List;

/** The System V objects of the reader's IPC namespace, /proc/sysvipc, sysvipc(7). */
public final class SysvIpc {
  private SysvIpc() {}

  /**
   * What every object has.
   *
   * @param mode permissions, and for shared memory SHM_DEST (01000) and SHM_LOCKED (02000)
   */
  public record Owner(int key, int id, int mode, int uid, int gid, int cuid, int cgid) {}

  /** A shared memory segment; times in seconds since 1970. */
  public record SharedMemory(
      Owner owner,
      long size,
      int creator,
      int lastUser,
      long attached,
      long attachTime,
      long detachTime,
      long changeTime) {
    public static List<SharedMemory> parse(String text) {
      return Lines.map("sysvipc/shm", text, 1, SharedMemory::parse);
    }

    /** key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime. */
    private static SharedMemory parse(Line line) {
      int key = line.decimalInt();
      int id = line.decimalInt();
      int mode = line.octalInt(line.word());
      long size = line.decimal();
      int creator = line.decimalInt();
      int last = line.decimalInt();
      long attached = line.decimal();
      return new SharedMemory(
          readOwner(key, id, mode, line),
          size,
          creator,
          last,
          attached,
          line.decimal(),
          line.decimal(),
          line.decimal());
    }
  }

  /** A semaphore set. */
  public record Semaphores(Owner owner, int count, long operationTime, long changeTime) {
    public static List<Semaphores> parse(String text) {
      return Lines.map("sysvipc/sem", text, 1, Semaphores::parse);
    }

    /** key semid perms nsems uid gid cuid cgid otime ctime. */
    private static Semaphores parse(Line line) {
      int key = line.decimalInt();
      int id = line.decimalInt();
      int mode = line.octalInt(line.word());
      int count = line.decimalInt();
      return new Semaphores(readOwner(key, id, mode, line), count, line.decimal(), line.decimal());
    }
  }

  /** A message queue. */
  public record Messages(
      Owner owner,
      long bytes,
      long messages,
      int lastSender,
      int lastReceiver,
      long sendTime,
      long receiveTime,
      long changeTime) {
    public static List<Messages> parse(String text) {
      return Lines.map("sysvipc/msg", text, 1, Messages::parse);
    }

    /** key msqid perms cbytes qnum lspid lrpid uid gid cuid cgid stime rtime ctime. */
    private static Messages parse(Line line) {
      int key = line.decimalInt();
      int id = line.decimalInt();
      int mode = line.octalInt(line.word());
      long bytes = line.decimal();
      long messages = line.decimal();
      int sender = line.decimalInt();
      int receiver = line.decimalInt();
      return new Messages(
          readOwner(key, id, mode, line),
          bytes,
          messages,
          sender,
          receiver,
          line.decimal(),
          line.decimal(),
          line.decimal());
    }
  }

  private static Owner readOwner(int key, int id, int mode, Line line) {
    return new Owner(
        key, id, mode, line.decimalInt(), line.decimalInt(), line.decimalInt(), line.decimalInt());
  }
}
