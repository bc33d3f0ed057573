package io.godwit.policy.transfer;

import java.util.ArrayList;
import java.util.List;

/**
 * Hybrid (Choices and copy-on-reference in one; the default): one pass while it runs, in the freeze
 * only the pages that it touches first, then the rest of what it had rewritten pushed in parallel
 * while faults are answered before everything else.
 */
public final class Hybrid extends Sending {
  /** Pages pushed at a time: small enough that a fault behind it does not wait long. */
  public static final long PUSH_PAGES = 256;

  private final long mostHotPages;
  private final ReadAhead readAhead = new ReadAhead();
  private PageSet missing = PageSet.EMPTY;
  private PageSet unsent = PageSet.EMPTY;
  private boolean freezing;
  private boolean frozen;
  private boolean resumed;
  private boolean completed;

  /**
   * @param mostHotPages pages sent in the freeze at most
   */
  public Hybrid(long mostHotPages) {
    this.mostHotPages = mostHotPages;
  }

  @Override
  public String name() {
    return "hybrid";
  }

  @Override
  public List<TransferEffect> on(TransferEvent event, long nowNanos) {
    return switch (event) {
      case TransferEvent.Started(PageSet resident, PageSet differing, PageSet held) -> {
        unsent = resident.minus(held);
        yield List.of(send(unsent, TransferEffect.Urgency.NOW));
      }
      case TransferEvent.Sent sent -> sent();
      case TransferEvent.FreezeDemanded demanded -> freeze("it was asked for");
      case TransferEvent.Frozen(PageSet dirty, PageSet hot) -> {
        frozen = true;
        missing = unsent.plus(dirty);
        unsent = PageSet.EMPTY;
        PageSet first = missing.and(hot).first(mostHotPages);
        missing = missing.minus(first);
        yield first.isEmpty()
            ? resumeIfAllArrived()
            : List.of(send(first, TransferEffect.Urgency.NOW));
      }
      case TransferEvent.Resumed r -> {
        resumed = true;
        yield push();
      }
      case TransferEvent.Fault(long page) -> {
        PageSet wanted = readAhead.on(page).and(missing);
        missing = missing.minus(wanted);
        yield wanted.isEmpty() ? List.of() : List.of(send(wanted, TransferEffect.Urgency.FAULT));
      }
      case TransferEvent.Lost lost ->
          (missing.isEmpty() && allArrived()) || !resumed
              ? List.of()
              : List.of(
                  new TransferEffect.Abandon(
                      missing.size()
                          + " pages, and what was on its way, were lost with the source"));
      default -> List.of();
    };
  }

  private List<TransferEffect> sent() {
    if (!arrived()) {
      return List.of();
    }
    if (resumed) {
      return push();
    }
    if (frozen) {
      return List.of(new TransferEffect.Resume());
    }
    if (!freezing) {
      // The pass has arrived; what was written during it is known only in the freeze.
      unsent = PageSet.EMPTY;
    }
    return freeze("one pass has been made");
  }

  private List<TransferEffect> freeze(String why) {
    if (freezing) {
      return List.of();
    }
    freezing = true;
    return List.of(new TransferEffect.Freeze(why));
  }

  /** A pass that was cut short by a demand for the freeze may still be on its way. */
  private List<TransferEffect> resumeIfAllArrived() {
    return allArrived() ? List.of(new TransferEffect.Resume()) : List.of();
  }

  private List<TransferEffect> push() {
    List<TransferEffect> effects = new ArrayList<>(1);
    if (completed) {
      return effects;
    }
    if (missing.isEmpty() && allArrived()) {
      completed = true;
      effects.add(new TransferEffect.Complete());
    } else if (!missing.isEmpty()) {
      PageSet next = missing.first(PUSH_PAGES);
      missing = missing.minus(next);
      effects.add(send(next, TransferEffect.Urgency.BACKGROUND));
    }
    return effects;
  }

  @Override
  public PageSet residual() {
    return missing;
  }
}
