package io.godwit.policy.transfer;

import java.util.List;

/** A data transfer strategy at work on one address space. */
public interface TransferStrategy {
  /** As in the survey and on the command line. */
  String name();

  /** Takes one event and says what follows from it. */
  List<TransferEffect> on(TransferEvent event, long nowNanos);

  /** Pages for which the process still depends on the source or the page store. */
  PageSet residual();
}
