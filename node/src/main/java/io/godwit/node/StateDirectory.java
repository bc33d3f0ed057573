package io.godwit.node;

import io.godwit.core.GodwitException;
import io.godwit.node.journal.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where a node keeps what must outlive its daemon. Mode 0700 throughout, because it holds keys and
 * the memory of other people's processes:
 *
 * <pre>
 * identity/   node.key node.crt authority.crt
 * authority/  authority.key              only where the cluster was founded
 * tokens/     one record for each join token
 * members/    one record for each node of the cluster
 * journal/    one record for each process: owner, epoch, stage of its migration
 * processes/  one record for each process that is here or was started here
 * jobs/       one record for each job that was submitted here
 * tags/       what goes with a process besides what it is
 * store/      pages that other nodes have flushed to this one
 * registry/   log and snapshots of the replicated registry, where this node votes
 * pods/       what the pod room keeps for each pod
 * lock        held by the daemon that runs
 * control.sock  where commands of this machine reach the daemon
 * </pre>
 */
public record StateDirectory(Path root) {
  public StateDirectory {
    root = root.toAbsolutePath().normalize();
  }

  /** Makes what is missing and refuses what others may enter. */
  public static StateDirectory open(Path root) {
    StateDirectory state = new StateDirectory(root);
    DurableFiles.ownedDirectory(state.root);
    for (Path part :
        new Path[] {
          state.identity(),
          state.authority(),
          state.tokens(),
          state.members(),
          state.journal(),
          state.pods(),
          state.processes()
        }) {
      DurableFiles.ownedDirectory(part);
    }
    return state;
  }

  public Path identity() {
    return root.resolve("identity");
  }

  public Path authority() {
    return root.resolve("authority");
  }

  public Path tokens() {
    return root.resolve("tokens");
  }

  public Path members() {
    return root.resolve("members");
  }

  public Path journal() {
    return root.resolve("journal");
  }

  public Path pods() {
    return root.resolve("pods");
  }

  public Path processes() {
    return root.resolve("processes");
  }

  public Path jobs() {
    return root.resolve("jobs");
  }

  public Path tags() {
    return root.resolve("tags");
  }

  public Path store() {
    return root.resolve("store");
  }

  public Path registry() {
    return root.resolve("registry");
  }

  /** The socket for commands. */
  public Path controlSocket() {
    return root.resolve("control.sock");
  }

  /** Takes the directory for one daemon; the lock ends with the channel or the process. */
  public FileChannel lock() {
    Path file = root.resolve("lock");
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException sameProcess) {
        lock = null;
      }
      if (lock == null) {
        channel.close();
        throw new GodwitException(
            NodeError.ALREADY_RUNNING,
            "starting a daemon on " + root,
            "another daemon holds its lock",
            "stop that one first, or give this one its own --state directory");
      }
      return channel;
    } catch (IOException failed) {
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "locking " + file,
          String.valueOf(failed.getMessage()),
          "check that the state directory is writable",
          failed);
    }
  }
}
