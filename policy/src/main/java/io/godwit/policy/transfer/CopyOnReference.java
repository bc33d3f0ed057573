package io.godwit.policy.transfer;

import java.util.ArrayList;
import java.util.List;

/**
 * Copy-on-reference (Accent, Mach): it goes on with its registers alone, and pages come when they
 * are touched, with read-ahead. Until all have come, or have been pushed in the background, it
 * depends on the source.
 */
public final class CopyOnReference extends Sending {
  private final long backgroundPages;
  private final ReadAhead readAhead = new ReadAhead();
  private PageSet missing = PageSet.EMPTY;
  private boolean resumed;
  private boolean completed;

  /**
   * @param backgroundPages pages pushed at a time while nothing faults; 0 pushes none, so that
   *     pages that are never touched are never sent
   */
  public CopyOnReference(long backgroundPages) {
    this.backgroundPages = backgroundPages;
  }

  @Override
  public String name() {
    return "copy-on-reference";
  }

  @Override
  public List<TransferEffect> on(TransferEvent event, long nowNanos) {
    return switch (event) {
      case TransferEvent.Started(PageSet resident, PageSet differing, PageSet held) -> {
        missing = resident.minus(held);
        yield List.of(new TransferEffect.Freeze("registers first, pages when they are touched"));
      }
      case TransferEvent.Frozen(PageSet dirty, PageSet hot) -> {
        missing = missing.plus(dirty);
        yield List.of(new TransferEffect.Resume());
      }
      case TransferEvent.Resumed r -> {
        resumed = true;
        yield push();
      }
      case TransferEvent.Fault(long page) -> fault(page);
      case TransferEvent.Sent sent -> {
        boolean last = arrived();
        yield last ? push() : List.of();
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

  private List<TransferEffect> fault(long page) {
    PageSet wanted = readAhead.on(page).and(missing);
    if (wanted.isEmpty()) {
      return List.of();
    }
    missing = missing.minus(wanted);
    return List.of(send(wanted, TransferEffect.Urgency.FAULT));
  }

  private List<TransferEffect> push() {
    List<TransferEffect> effects = new ArrayList<>(1);
    if (!resumed || completed) {
      return effects;
    }
    if (missing.isEmpty() && allArrived()) {
      completed = true;
      effects.add(new TransferEffect.Complete());
    } else if (backgroundPages > 0 && !missing.isEmpty()) {
      PageSet next = missing.first(backgroundPages);
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
