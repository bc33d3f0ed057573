package io.godwit.node.daemon;

import io.godwit.node.pod.Pod;

/** What processes of this node need of whoever looks after jobs. */
interface JobsOfNode {
  /** A node without jobs. */
  JobsOfNode NONE =
      new JobsOfNode() {
        @Override
        public boolean gone(String pod) {
          return false;
        }

        @Override
        public void requireMayLeave(String pod) {
          // Nothing here needs a lease.
        }

        @Override
        public void arriving(Pod pod, ProcessEntry entry) {
          // Nothing here needs a lease.
        }
      };

  /**
   * The node of a process of this home says that it is gone, nobody has seen how.
   *
   * @return whether it will be restarted, so that its end is none
   */
  boolean gone(String pod);

  /** Fails where the pod stands still because its home is silent. */
  void requireMayLeave(String pod);

  /**
   * A pod from another node is about to be thawed: one that needs a lease is held where it has
   * none.
   *
   * @param entry as its source described it
   */
  void arriving(Pod pod, ProcessEntry entry);
}
