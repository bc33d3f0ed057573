package io.godwit.engine.refusal;

import io.godwit.core.GodwitException;
import java.util.List;
import java.util.stream.Collectors;

/** Everything about a tree that is refused, in the order of its processes. */
public record RefusalReport(List<Refusal> refusals) {
  public RefusalReport {
    refusals = List.copyOf(refusals);
  }

  public boolean isEmpty() {
    return refusals.isEmpty();
  }

  /** Does nothing where nothing is refused; else one exception names it all. */
  public void throwIfAny() {
    if (!refusals.isEmpty()) {
      throw exception();
    }
  }

  private GodwitException exception() {
    Refusal first = refusals.getFirst();
    if (refusals.size() == 1) {
      return new GodwitException(first.code(), first.what(), first.why(), first.advice());
    }
    return new GodwitException(
        RefusalCode.SEVERAL,
        "the tree holds " + refusals.size() + " things that cannot be carried",
        refusals.stream()
            .map(each -> each.code().code() + " " + each.what() + ": " + each.why())
            .collect(Collectors.joining("; ")),
        refusals.stream().map(Refusal::advice).distinct().collect(Collectors.joining("; ")));
  }
}
