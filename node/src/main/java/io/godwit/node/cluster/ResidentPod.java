package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.policy.scheduling.ResourceExpression;
import java.util.List;

/**
 * A pod that is on this node.
 *
 * @param name unique in the cluster while it runs
 * @param home where it was started
 * @param user its user's name
 * @param command what it was started as
 * @param moved whether it has ever been moved
 * @param inDoubt whether nobody knows who owns it: it is not to be touched
 * @param processes as this node numbers them, its init left out
 * @param needs what it needs of any node that it runs on
 */
public record ResidentPod(
    String name,
    NodeId home,
    String user,
    String command,
    boolean moved,
    boolean inDoubt,
    List<Integer> processes,
    ResourceExpression needs) {
  public ResidentPod {
    processes = List.copyOf(processes);
  }

  /** One that any node will do for. */
  public ResidentPod(
      String name,
      NodeId home,
      String user,
      String command,
      boolean moved,
      boolean inDoubt,
      List<Integer> processes) {
    this(name, home, user, command, moved, inDoubt, processes, ResourceExpression.ANY);
  }

  /** The program's name, for lists of names. */
  String program() {
    String first = command.split(" ", 2)[0];
    return first.substring(first.lastIndexOf('/') + 1);
  }
}
