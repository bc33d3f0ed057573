package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import java.util.List;
import java.util.Optional;

/**
 * The IPC namespace of a tree, as far as it matters.
 *
 * @param own whether it is another one than that of the process that asks
 * @param used of the machine's own objects, those that a process of the tree uses
 * @param outside where the tree has its own namespace with objects in it: a process outside of the
 *     tree that lives in it too
 * @param ended whether segments that nobody has attached end by themselves (kernel.shm_rmid_forced)
 */
record IpcSurvey(boolean own, List<Use> used, Optional<Pid> outside, boolean ended) {
  static final IpcSurvey NOTHING = new IpcSurvey(true, List.of(), Optional.empty(), false);

  /**
   * What a process does with an object.
   *
   * @param what in words that follow "it"
   */
  record Use(Pid pid, String what) {}

  IpcSurvey {
    used = List.copyOf(used);
  }
}
