package io.godwit.engine.refusal;

import java.util.ArrayList;
import java.util.List;

/** Which System V objects (sysvipc(7)) may not be used. */
final class IpcRules {
  static final String MACHINE_WHY =
      "it is an object of this machine's IPC namespace: others use it too, and its id may be taken"
          + " on another machine";
  static final String MACHINE_ADVICE =
      "start the program with godwit run, which gives it an IPC namespace of its own";

  private IpcRules() {}

  static List<Refusal> check(TreeSurvey tree) {
    List<Refusal> found = new ArrayList<>();
    for (ProcessSurvey process : tree.processes()) {
      for (IpcSurvey.Use use : tree.ipc().used()) {
        if (use.pid().equals(process.pid())) {
          found.add(
              process.refuse(
                  RefusalCode.SYSTEM_V_OBJECT, "it " + use.what(), MACHINE_WHY, MACHINE_ADVICE));
        }
      }
    }
    ProcessSurvey first = tree.processes().getFirst();
    tree.ipc()
        .outside()
        .ifPresent(
            pid ->
                found.add(
                    first.refuse(
                        RefusalCode.SYSTEM_V_OUTSIDE,
                        "its IPC namespace has System V objects and process " + pid + " in it",
                        "process " + pid + " is not in the tree and would stay behind",
                        "name the process that started both, so that they move together")));
    if (tree.ipc().ended()) {
      found.add(
          first.refuse(
              RefusalCode.SYSTEM_V_FORCED,
              "its IPC namespace removes segments that nobody has attached"
                  + " (kernel.shm_rmid_forced)",
              "segments cannot be made again before they are attached there",
              "set kernel.shm_rmid_forced to 0 in the pod"));
    }
    return found;
  }
}
