package io.godwit.engine.kind.descriptor;

import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.image.ObjectId;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.proc.FdInfo;
import io.godwit.linux.proc.FdLink;

/**
 * An open file ("open file description") of a frozen tree.
 *
 * @param holder one of the processes that have it
 * @param number of a descriptor of that process
 * @param here the same open file in this process, while it is collected
 */
public record OpenFile(
    ObjectId id,
    FrozenProcess holder,
    int number,
    Fd here,
    FdLink link,
    FdInfo info,
    FileStatus status) {
  /** A path by which this process can open the file anew. */
  public String path() {
    return holder.proc() + "/fd/" + number;
  }

  /** In words, for messages. */
  public String words() {
    return "process " + holder.hostPid() + ": fd " + number + " (" + link.text() + ")";
  }
}
