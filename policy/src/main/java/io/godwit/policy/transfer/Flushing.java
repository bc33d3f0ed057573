package io.godwit.policy.transfer;

import java.util.List;

/**
 * Flushing (Sprite): pages that are in no file are written to a page store while it still runs, and
 * the destination fetches them from there when they are touched. What was written since goes in the
 * freeze, directly: through the store it would cross the network twice. The source is free as soon
 * as it goes on; the dependency is on the store.
 */
public final class Flushing extends Sending {
  private final ReadAhead readAhead = new ReadAhead();
  private PageSet stored = PageSet.EMPTY;
  private PageSet clean = PageSet.EMPTY;
  private boolean freezing;
  private boolean frozen;
  private boolean resumed;

  @Override
  public String name() {
    return "flushing";
  }

  @Override
  public List<TransferEffect> on(TransferEvent event, long nowNanos) {
    return switch (event) {
      case TransferEvent.Started(PageSet resident, PageSet differing, PageSet held) -> {
        stored = differing.minus(held);
        clean = resident.minus(differing).minus(held);
        yield List.of(store(stored));
      }
      case TransferEvent.Sent sent -> sent();
      case TransferEvent.FreezeDemanded demanded -> freeze();
      case TransferEvent.Frozen(PageSet dirty, PageSet hot) -> {
        frozen = true;
        stored = stored.minus(dirty);
        clean = clean.minus(dirty);
        yield List.of(send(dirty, TransferEffect.Urgency.NOW));
      }
      case TransferEvent.Resumed r -> {
        resumed = true;
        yield List.of(new TransferEffect.Complete());
      }
      case TransferEvent.Fault(long page) -> fault(page);
      case TransferEvent.Lost lost ->
          stored.isEmpty() || !resumed
              ? List.of()
              : List.of(
                  new TransferEffect.Abandon(
                      stored.size() + " pages were still in the page store when it was lost"));
      default -> List.of();
    };
  }

  private List<TransferEffect> sent() {
    boolean last = arrived();
    if (frozen && !last) {
      return List.of();
    }
    if (frozen) {
      return resumed ? List.of() : List.of(new TransferEffect.Resume());
    }
    return freeze();
  }

  private List<TransferEffect> freeze() {
    if (freezing) {
      return List.of();
    }
    freezing = true;
    return List.of(new TransferEffect.Freeze("the store has all but what was written meanwhile"));
  }

  private List<TransferEffect> fault(long page) {
    PageSet ahead = readAhead.on(page);
    PageSet fetch = ahead.and(stored);
    PageSet read = ahead.and(clean);
    stored = stored.minus(fetch);
    clean = clean.minus(read);
    if (stored.contains(page) || fetch.isEmpty()) {
      return read.isEmpty() ? List.of() : List.of(new TransferEffect.ReadFile(read));
    }
    return read.isEmpty()
        ? List.of(new TransferEffect.Fetch(fetch))
        : List.of(new TransferEffect.Fetch(fetch), new TransferEffect.ReadFile(read));
  }

  /** Pages that are still only in the store. */
  @Override
  public PageSet residual() {
    return frozen ? stored : PageSet.EMPTY;
  }
}
