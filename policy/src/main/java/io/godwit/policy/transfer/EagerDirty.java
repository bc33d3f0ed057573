package io.godwit.policy.transfer;

import java.util.List;

/**
 * Eager (dirty): in the freeze only pages whose content is in no file; clean ones are read from
 * their files on the destination when they are touched. MOSIX and Locus.
 */
public final class EagerDirty extends Sending {
  private final ReadAhead readAhead = new ReadAhead();
  private PageSet toSend = PageSet.EMPTY;
  private PageSet clean = PageSet.EMPTY;
  private boolean frozen;

  @Override
  public String name() {
    return "eager-dirty";
  }

  @Override
  public List<TransferEffect> on(TransferEvent event, long nowNanos) {
    return switch (event) {
      case TransferEvent.Started(PageSet resident, PageSet differing, PageSet held) -> {
        toSend = differing.minus(held);
        clean = resident.minus(differing).minus(held);
        yield List.of(new TransferEffect.Freeze("what differs from its file goes in the freeze"));
      }
      case TransferEvent.Frozen(PageSet dirty, PageSet hot) -> {
        frozen = true;
        toSend = toSend.plus(dirty);
        clean = clean.minus(dirty);
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
      case TransferEvent.Fault(long page) -> {
        PageSet wanted = readAhead.on(page).and(clean);
        clean = clean.minus(wanted);
        yield wanted.isEmpty() ? List.of() : List.of(new TransferEffect.ReadFile(wanted));
      }
      default -> List.of();
    };
  }

  /** Clean pages come from files at the destination: nothing binds it to the source. */
  @Override
  public PageSet residual() {
    return PageSet.EMPTY;
  }
}
