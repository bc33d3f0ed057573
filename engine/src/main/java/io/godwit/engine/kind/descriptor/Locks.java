package io.godwit.engine.kind.descriptor;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.kind.InjectedCalls;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.OpenDescription.FileLock;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.FdInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Locks on files. POSIX locks belong to a process and an inode: fdinfo shows them at each
 * descriptor of that inode, so each is entered once. The others belong to the open file.
 */
final class Locks {
  private static final int FLOCK_BYTES = 32;

  private record PosixLock(Pid process, long device, long inode, long start) {}

  private record OpenFileLock(ObjectId description, String kind, long start) {}

  private final Set<Object> seen = new HashSet<>();
  private final Map<ObjectId, List<FileLock>> found = new HashMap<>();

  void see(FrozenProcess process, OpenFile file, FdInfo info) {
    for (io.godwit.linux.proc.FileLock lock : info.locks()) {
      if (lock.waiting() || lock.isLease()) {
        continue;
      }
      Object key =
          lock.isPosix()
              ? new PosixLock(
                  process.hostPid(),
                  file.status().device().devT(),
                  file.status().inode(),
                  lock.start())
              : new OpenFileLock(file.id(), lock.kind(), lock.start());
      if (seen.add(key)) {
        found.computeIfAbsent(file.id(), _ -> new ArrayList<>()).add(describe(process, lock));
      }
    }
  }

  private static FileLock describe(FrozenProcess process, io.godwit.linux.proc.FileLock lock) {
    FileLock.Style style =
        lock.isPosix()
            ? FileLock.Style.POSIX
            : lock.isFlock() ? FileLock.Style.FLOCK : FileLock.Style.OFD;
    return new FileLock(
        style,
        lock.isWrite(),
        lock.isPosix() ? process.podPid().number() : 0,
        lock.start(),
        lock.toEndOfFile() ? 0 : lock.end() - lock.start() + 1);
  }

  /** Puts the locks into the descriptions of the draft. */
  void enter(ImageDraft draft) {
    draft
        .descriptions()
        .replaceAll(
            each ->
                found.containsKey(each.id())
                    ? new OpenDescription(
                        each.id(),
                        each.statusFlags(),
                        each.owner(),
                        found.getOrDefault(each.id(), List.of()),
                        each.kind())
                    : each);
  }

  /** Takes the locks again, in the processes that had them. */
  static void make(OpenDescription description, Making making) {
    for (FileLock lock : description.locks()) {
      for (Making.Holder holder : making.holders(description.id())) {
        boolean mine =
            lock.style() != FileLock.Style.POSIX
                || holder.process().podPid().number() == lock.process();
        if (mine) {
          take(holder.process(), holder.number(), lock);
          break;
        }
      }
    }
  }

  private static void take(RestoredProcess process, int number, FileLock lock) {
    SyscallBatch.Call call = add(process.calls(), number, lock, type(lock));
    process
        .calls()
        .then(
            () -> {
              if (call.failed()) {
                throw new GodwitException(
                    EngineError.NOT_RESTORABLE,
                    "process " + process.podPid() + " cannot have the lock on fd " + number,
                    "somebody else holds a lock on the same file (errno " + -call.result() + ")",
                    "end the other holder, see /proc/locks");
              }
            });
  }

  /** The type of lock that the record means, as fcntl(2) numbers it. */
  static int type(FileLock lock) {
    return lock.exclusive() ? FileAbi.F_WRLCK : FileAbi.F_RDLCK;
  }

  /**
   * Adds the call that takes a lock, changes it or gives it up. It may fail and never waits.
   *
   * @param type F_RDLCK, F_WRLCK or F_UNLCK, for locks of all styles
   */
  static SyscallBatch.Call add(InjectedCalls calls, int number, FileLock lock, int type) {
    SyscallBatch batch = calls.room(1, FLOCK_BYTES);
    if (lock.style() == FileLock.Style.FLOCK) {
      int operation =
          switch (type) {
            case FileAbi.F_RDLCK -> FileAbi.LOCK_SH;
            case FileAbi.F_WRLCK -> FileAbi.LOCK_EX;
            default -> FileAbi.LOCK_UN;
          };
      return batch.add(Syscall.FLOCK, number, operation | FileAbi.LOCK_NB).mayFail();
    }
    byte[] flock =
        ByteBuffer.allocate(FLOCK_BYTES)
            .order(ByteOrder.nativeOrder())
            .putShort((short) type)
            .putShort((short) FileAbi.SEEK_SET)
            .putInt(0)
            .putLong(lock.start())
            .putLong(lock.length())
            .array();
    int command = lock.style() == FileLock.Style.POSIX ? FileAbi.F_SETLK : FileAbi.F_OFD_SETLK;
    return batch.add(Syscall.FCNTL, number, command, batch.data(flock)).mayFail();
  }
}
