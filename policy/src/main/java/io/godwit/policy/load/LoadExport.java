package io.godwit.policy.load;

/**
 * What a node tells others about itself: its load made a little worse, so that small differences
 * move nobody (MOSIX's stability factor), and with the processes that it has promised to take but
 * that have not arrived, so that it is not flooded by several senders at once.
 *
 * @param factor the exported load is this much above the real one; 0.1 is 10 %
 * @param weightOfPromised what a promised process counts, normally 1
 */
public record LoadExport(double factor, double weightOfPromised) {
  /** Exactly the truth. */
  public static final LoadExport PLAIN = new LoadExport(0, 0);

  /** MOSIX's habit with a small factor. */
  public static final LoadExport ADJUSTED = new LoadExport(0.1, 1.0);

  /** The load to tell, given the real one and the number of processes on their way here. */
  public NodeLoad adjust(NodeLoad real, int promised) {
    return real.withRunQueue(real.runQueue() * (1 + factor) + weightOfPromised * promised);
  }
}
