package io.godwit.node.migration;

import java.util.List;

/**
 * What a machine of ownership does next.
 *
 * @param next the state it takes
 * @param effects what to do, in this order
 */
public record OwnershipStep<S, F>(S next, List<F> effects) {
  @SafeVarargs
  @SuppressWarnings("varargs") // copied at once
  static <S, F> OwnershipStep<S, F> to(S next, F... effects) {
    return new OwnershipStep<>(next, List.of(effects));
  }
}
