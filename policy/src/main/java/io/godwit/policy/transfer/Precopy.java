package io.godwit.policy.transfer;

import java.util.List;

/**
 * Precopy (V): rounds of sending while it runs, each what was rewritten during the one before,
 * until {@link StopRule} says stop; then the rest in the freeze.
 */
public final class Precopy extends Sending {
  private final StopRule rule;
  private final long pageSize;
  private PageSet unsent = PageSet.EMPTY;
  private long residentBytes;
  private long sentBytes;
  private long previousDirtyBytes = Long.MAX_VALUE;
  private long lastScanNanos;
  private double linkBytesPerSecond;
  private int round;
  private int stalled;
  private boolean freezing;
  private boolean frozen;

  public Precopy(StopRule rule, long pageSize) {
    this.rule = rule;
    this.pageSize = pageSize;
  }

  @Override
  public String name() {
    return "precopy";
  }

  @Override
  public List<TransferEffect> on(TransferEvent event, long nowNanos) {
    return switch (event) {
      case TransferEvent.Started(PageSet resident, PageSet differing, PageSet held) -> {
        residentBytes = resident.size() * pageSize;
        lastScanNanos = nowNanos;
        round = 1;
        yield List.of(send(resident.minus(held), TransferEffect.Urgency.NOW));
      }
      case TransferEvent.Sent(long bytes, long nanos) -> sent(bytes, nanos);
      case TransferEvent.Scanned(PageSet dirty) -> scanned(dirty, nowNanos);
      case TransferEvent.FreezeDemanded demanded -> freeze("it was asked for");
      case TransferEvent.Frozen(PageSet dirty, PageSet hot) -> {
        frozen = true;
        unsent = unsent.plus(dirty);
        yield List.of(send(unsent, TransferEffect.Urgency.NOW));
      }
      case TransferEvent.Resumed resumed -> List.of(new TransferEffect.Complete());
      default -> List.of();
    };
  }

  private List<TransferEffect> sent(long bytes, long nanos) {
    sentBytes += bytes;
    boolean last = arrived();
    if (frozen && !last) {
      return List.of();
    }
    if (frozen) {
      unsent = PageSet.EMPTY;
      return List.of(new TransferEffect.Resume());
    }
    if (bytes > 0) {
      linkBytesPerSecond = bytes * 1e9 / Math.max(1, nanos);
    }
    return freezing ? List.of() : List.of(new TransferEffect.Scan());
  }

  private List<TransferEffect> scanned(PageSet dirty, long nowNanos) {
    if (freezing) {
      unsent = unsent.plus(dirty);
      return List.of();
    }
    long dirtyBytes = dirty.size() * pageSize;
    double seconds = Math.max(1, nowNanos - lastScanNanos) / 1e9;
    lastScanNanos = nowNanos;
    boolean progress = dirtyBytes < previousDirtyBytes * (1 - rule.leastProgress());
    stalled = progress ? 0 : stalled + 1;
    String stop =
        rule.stop(
            new StopRule.Progress(
                round,
                dirtyBytes,
                previousDirtyBytes,
                sentBytes,
                residentBytes,
                linkBytesPerSecond,
                dirtyBytes / seconds,
                stalled));
    previousDirtyBytes = dirtyBytes;
    if (stop != null) {
      unsent = unsent.plus(dirty);
      return freeze(stop);
    }
    round++;
    return List.of(send(dirty, TransferEffect.Urgency.NOW));
  }

  private List<TransferEffect> freeze(String why) {
    if (freezing) {
      return List.of();
    }
    freezing = true;
    return List.of(new TransferEffect.Freeze(why));
  }

  /** Rounds made so far. */
  public int rounds() {
    return round;
  }

  @Override
  public PageSet residual() {
    return PageSet.EMPTY;
  }
}
