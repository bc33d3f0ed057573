package io.godwit.node.cluster;

import java.util.List;

/** The pods of this node, as its scheduler needs them. Safe from any thread. */
public interface ResidentPods {
  /** Those that run here now; a pod that is being built is not among them. */
  List<ResidentPod> here();

  /** Stops every process of a pod, or lets them go on. */
  void suspend(String pod, boolean stop);

  /**
   * Gives the processes of a pod less of the processor than the node's own get where both want it.
   *
   * @param niceness 0 to 19, as nice(1) takes it
   */
  void yieldTo(String pod, int niceness);
}
