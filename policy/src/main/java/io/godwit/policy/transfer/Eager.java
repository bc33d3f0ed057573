package io.godwit.policy.transfer;

import java.util.List;

/**
 * Eager (all): the whole address space in the freeze; Charlotte, Condor, LSF. Simple, with no
 * dependency afterwards, and a freeze that grows with memory.
 */
public final class Eager extends Sending {
  private PageSet toSend = PageSet.EMPTY;
  private boolean frozen;

  @Override
  public String name() {
    return "eager";
  }

  @Override
  public List<TransferEffect> on(TransferEvent event, long nowNanos) {
    return switch (event) {
      case TransferEvent.Started(PageSet resident, PageSet differing, PageSet held) -> {
        toSend = resident.minus(held);
        yield List.of(new TransferEffect.Freeze("all of it goes in the freeze"));
      }
      case TransferEvent.Frozen(PageSet dirty, PageSet hot) -> {
        frozen = true;
        toSend = toSend.plus(dirty);
        yield List.of(send(toSend, TransferEffect.Urgency.NOW));
      }
      case TransferEvent.Sent sent -> {
        if (!arrived() || !frozen) {
          yield List.of();
        }
        toSend = PageSet.EMPTY;
        yield List.of(new TransferEffect.Resume());
      }
      case TransferEvent.Resumed resumed -> List.of(new TransferEffect.Complete());
      default -> List.of();
    };
  }

  @Override
  public PageSet residual() {
    return PageSet.EMPTY;
  }
}
