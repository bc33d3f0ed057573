package io.godwit.policy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.AddressRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PageSetTest {
  private static PageSet of(BitSet bits) {
    List<AddressRange> ranges = new ArrayList<>();
    for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
      ranges.add(new AddressRange(i * 4096L, i * 4096L + 1));
    }
    return PageSet.of(ranges, 4096);
  }

  private static BitSet random(SplittableRandom random) {
    BitSet bits = new BitSet();
    for (int i = random.nextInt(8); i > 0; i--) {
      int start = random.nextInt(60);
      bits.set(start, start + 1 + random.nextInt(12));
    }
    return bits;
  }

  @Test
  void agreesWithABitSet() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 5000; i++) {
      BitSet a = random(random);
      BitSet b = random(random);
      BitSet plus = (BitSet) a.clone();
      plus.or(b);
      BitSet and = (BitSet) a.clone();
      and.and(b);
      BitSet minus = (BitSet) a.clone();
      minus.andNot(b);
      assertThat(of(a).plus(of(b))).isEqualTo(of(plus));
      assertThat(of(a).and(of(b))).isEqualTo(of(and));
      assertThat(of(a).minus(of(b))).isEqualTo(of(minus));
      assertThat(of(a).size()).isEqualTo(a.cardinality());
      for (int page = 0; page < 75; page++) {
        assertThat(of(a).contains(page)).isEqualTo(a.get(page));
      }
      int most = random.nextInt(20);
      assertThat(of(a).first(most).size()).isEqualTo(Math.min(most, a.cardinality()));
      assertThat(of(a).first(most).minus(of(a))).isEqualTo(PageSet.EMPTY);
      assertThat(PageSet.of(of(a).addresses(4096), 4096)).isEqualTo(of(a));
    }
  }
}
