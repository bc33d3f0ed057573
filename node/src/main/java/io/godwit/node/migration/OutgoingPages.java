package io.godwit.node.migration;

import io.godwit.core.control.MoveWishes;
import io.godwit.policy.transfer.Offering;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a source sends memory: at once, or by offers where the destination keeps a copy of an earlier
 * visit. Its buffers are made with it, before the freeze. One thread.
 */
final class OutgoingPages {
  private final PageChannel channel;
  private final PageRuns.Writer writer;
  private final TransferStrategy strategy;
  private final Pace pace;
  private PageOffers.@Nullable Sender offers;
  private long heldBytes;

  /**
   * Begins.
   *
   * @param forms that the destination understands
   * @param wishes for the pace
   * @param patience for an answer of the destination
   */
  OutgoingPages(
      PageChannel channel,
      Set<PageForm> forms,
      TransferStrategy strategy,
      MoveWishes wishes,
      Pace pace,
      Duration patience) {
    this.channel = channel;
    this.writer = new PageRuns.Writer(channel, forms);
    this.strategy = strategy;
    this.pace = pace;
    if (forms.contains(PageForm.HELD) && strategy.offers()) {
      offers = new PageOffers.Sender(channel, writer, new Offering(wishes.bandwidth()), patience);
    }
  }

  /** Where memory goes while the process runs. */
  ProcessMover.PageSink early() {
    PageOffers.Sender offering = offers;
    return offering == null ? writer : offering;
  }

  /** Where it goes in the freeze: what could have been offered before is not offered now. */
  ProcessMover.PageSink frozen() {
    return strategy.follows() ? writer : early();
  }

  /** All that was taken while the process runs is on its way when this returns. */
  void flushEarly() {
    flush();
    if (!strategy.offersInFreeze()) {
      offers = null;
    }
  }

  /** All that was taken is on its way when this returns. */
  void flush() {
    PageOffers.Sender offering = offers;
    if (offering != null) {
      long before = channel.sentBytes();
      offering.flush();
      pace.await(channel.sentBytes() - before);
      heldBytes = offering.heldBytes();
    }
    writer.flush();
  }

  /** Memory that did not go because it is zeros. */
  long zeroBytes() {
    return writer.zeroBytes();
  }

  /** Memory that did not go because the destination had kept it. */
  long heldBytes() {
    PageOffers.Sender offering = offers;
    return offering == null ? heldBytes : offering.heldBytes();
  }
}
