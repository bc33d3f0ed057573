package io.godwit.engine.kind.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.image.LiveProcess.ResourceLimit;
import org.junit.jupiter.api.Test;

class LimitKindTest {
  private static final long UNLIMITED = -1;

  @Test
  void grantsAtMostWhatThisProcessHas() {
    assertThat(LimitKind.granted(new ResourceLimit(7, 100, UNLIMITED), 4096))
        .isEqualTo(new ResourceLimit(7, 100, 4096));
    assertThat(LimitKind.granted(new ResourceLimit(7, UNLIMITED, UNLIMITED), 4096))
        .isEqualTo(new ResourceLimit(7, 4096, 4096));
    assertThat(LimitKind.granted(new ResourceLimit(7, 5, 10), UNLIMITED))
        .isEqualTo(new ResourceLimit(7, 5, 10));
  }
}
