package io.godwit.policy.transfer;

/** What is to be done for an address space on its way. */
public sealed interface TransferEffect {
  /** How soon. */
  enum Urgency {
    /** The process waits for it: before everything else. */
    FAULT,
    /** In the freeze, or in a round. */
    NOW,
    /** When the link has nothing better to do. */
    BACKGROUND
  }

  /** Bring the pages from the source to the destination. */
  record Send(PageSet pages, Urgency urgency) implements TransferEffect {}

  /** Write the pages to the page store. */
  record Store(PageSet pages) implements TransferEffect {}

  /** Bring the pages from the page store to the destination. */
  record Fetch(PageSet pages) implements TransferEffect {}

  /** Read the pages from their files at the destination. */
  record ReadFile(PageSet pages) implements TransferEffect {}

  /** Say which pages have been written since the last time. */
  record Scan() implements TransferEffect {}

  /** Freeze the process. */
  record Freeze(String why) implements TransferEffect {}

  /**
   * All that it needs to go on is at the destination. Pages of {@link TransferStrategy#residual()}
   * must not be mapped there, even if older content has arrived: touching them has to fault.
   */
  record Resume() implements TransferEffect {}

  /** The source is needed no more. */
  record Complete() implements TransferEffect {}

  /** Pages are lost for good: the process must not go on. */
  record Abandon(String why) implements TransferEffect {}
}
