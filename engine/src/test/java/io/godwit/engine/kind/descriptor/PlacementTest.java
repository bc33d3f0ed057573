package io.godwit.engine.kind.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A table of descriptors played through: messages arrive at the lowest free numbers. */
class PlacementTest {
  private static final int PER_MESSAGE = 5;

  @Test
  void anyTableCanBeBuiltAroundTheChannel() {
    Random random = new Random(4711);
    for (int round = 0; round < 2000; round++) {
      TreeSet<Integer> wanted = new TreeSet<>();
      int count = random.nextInt(20);
      while (wanted.size() < count) {
        wanted.add(random.nextInt(random.nextBoolean() ? 24 : 300));
      }
      int channel = random.nextBoolean() ? Placement.free(wanted) : 1000;
      assertThat(build(wanted, channel)).isEqualTo(wanted);
    }
  }

  private static Set<Integer> build(SortedSet<Integer> wanted, int channel) {
    Map<Integer, Integer> table = new HashMap<>();
    table.put(channel, -1);
    List<Integer> numbers = List.copyOf(wanted);
    for (int from = 0; from < numbers.size(); from += PER_MESSAGE) {
      List<Integer> part = numbers.subList(from, Math.min(numbers.size(), from + PER_MESSAGE));
      int[] arrived = new int[part.size()];
      int[] finals = part.stream().mapToInt(Integer::intValue).toArray();
      for (int i = 0; i < arrived.length; i++) {
        arrived[i] = Placement.free(table.keySet());
        table.put(arrived[i], finals[i]);
      }
      for (Placement.Move move : Placement.moves(arrived, finals, new boolean[finals.length])) {
        Integer meant = table.remove(move.from());
        assertThat(table).doesNotContainKey(move.to());
        table.put(move.to(), meant);
      }
    }
    table.remove(channel);
    assertThat(table).allSatisfy((number, meant) -> assertThat(meant).isEqualTo(number));
    return new TreeSet<>(table.keySet());
  }

  @Test
  void aTakenPlaceIsAnError() {
    assertThatThrownBy(() -> Placement.moves(new int[] {4}, new int[] {3}, new boolean[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("its place is taken");
  }
}
