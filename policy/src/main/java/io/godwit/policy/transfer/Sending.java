package io.godwit.policy.transfer;

/** What the strategies share: counting what has been sent and has not arrived. */
abstract class Sending implements TransferStrategy {
  private int outstanding;

  TransferEffect send(PageSet pages, TransferEffect.Urgency urgency) {
    outstanding++;
    return new TransferEffect.Send(pages, urgency);
  }

  TransferEffect store(PageSet pages) {
    outstanding++;
    return new TransferEffect.Store(pages);
  }

  /** Notes an arrival; returns whether it was the last one awaited. */
  boolean arrived() {
    outstanding = Math.max(0, outstanding - 1);
    return outstanding == 0;
  }

  boolean allArrived() {
    return outstanding == 0;
  }
}
