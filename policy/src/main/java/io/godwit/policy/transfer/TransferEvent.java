package io.godwit.policy.transfer;

/** What can happen to an address space on its way. */
public sealed interface TransferEvent {
  /**
   * The migration begins; the process runs at the source. Dirty tracking has been started.
   *
   * @param resident all pages that have content
   * @param differing those of them whose content is in no file
   * @param held those of them that the destination already has with the same content
   */
  record Started(PageSet resident, PageSet differing, PageSet held) implements TransferEvent {}

  /**
   * The pages of one {@code Send} or {@code Store} have arrived; each is answered once.
   *
   * @param bytes on the wire
   * @param nanos that they took
   */
  record Sent(long bytes, long nanos) implements TransferEvent {}

  /** The answer to {@code Scan}: pages written since the start or the last scan. */
  record Scanned(PageSet dirty) implements TransferEvent {}

  /**
   * The process is frozen.
   *
   * @param dirty pages written since the last scan
   * @param hot pages that it will touch first: stack top, current code, last written
   */
  record Frozen(PageSet dirty, PageSet hot) implements TransferEvent {}

  /** The process runs at the destination. */
  record Resumed() implements TransferEvent {}

  /** It touched a page at the destination that is not there. */
  record Fault(long page) implements TransferEvent {}

  /** Somebody wants it frozen now, whatever the strategy would still do. */
  record FreezeDemanded() implements TransferEvent {}

  /** The source, or the page store, is gone. */
  record Lost() implements TransferEvent {}
}
