package io.godwit.engine.refusal;

import io.godwit.engine.kind.Inspection;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.kind.console.Externals;

/** Reports before the freeze what no kind can carry. */
public final class RefusalKind implements ResourceKind {
  @Override
  public String name() {
    return "refusal";
  }

  @Override
  public void inspect(Inspection inspection) {
    for (Refusal refusal :
        TreeSurveyor.inspect(inspection.hostPids(), Externals.of(inspection.external()))) {
      inspection.refuse(refusal.code(), refusal.what(), refusal.why(), refusal.advice());
    }
  }
}
