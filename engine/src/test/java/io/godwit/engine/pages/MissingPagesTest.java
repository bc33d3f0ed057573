package io.godwit.engine.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.AddressRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known as missing when events of several threads come in another order than changes. */
class MissingPagesTest {
  private static final long PAGE = 4096;
  private static final AddressRange A = pages(16);
  private static final AddressRange B = pages(32);
  private static final AddressRange C = pages(64);

  private final MissingPages missing = new MissingPages(List.of(A, B));

  private static AddressRange pages(long first) {
    return new AddressRange(first * PAGE, (first + 4) * PAGE);
  }

  private boolean move(AddressRange from, AddressRange to) {
    return missing.move(from.start(), to.start(), from.length());
  }

  private List<AddressRange> sourceOf(AddressRange here) {
    return missing.in(here).stream().map(MissingPages.Piece::source).toList();
  }

  @Test
  void theSecondHalfOfAMoveIsNotAboutWhatHasComeThereBetween() {
    assertThat(move(A, C)).isTrue();
    assertThat(move(B, A)).isTrue();
    missing.drop(A); // told late by the first thread
    missing.drop(B);
    assertThat(missing.settle()).isTrue();
    assertThat(sourceOf(C)).containsExactly(A);
    assertThat(sourceOf(A)).containsExactly(B);
    assertThat(sourceOf(B)).isEmpty();
  }

  @Test
  void aMoveThatIsToldLateTakesWhatWasThereBefore() {
    move(B, A);
    missing.drop(B);
    assertThat(missing.isSettled()).isFalse();
    move(A, C); // that came first
    missing.drop(A);
    assertThat(missing.settle()).isTrue();
    assertThat(sourceOf(C)).containsExactly(A);
    assertThat(sourceOf(A)).containsExactly(B);
  }

  @Test
  void anUnmappingThatIsToldLateEndsWhatWasThereBefore() {
    move(B, A);
    missing.drop(A);
    missing.drop(B);
    assertThat(missing.settle()).isTrue();
    assertThat(missing.pieces()).hasSize(1);
    assertThat(sourceOf(A)).containsExactly(B);
  }

  @Test
  void whatNothingIsMissingOfMayMoveUnseen() {
    assertThat(move(C, pages(128))).isFalse();
    assertThat(missing.isSettled()).isTrue();
    assertThat(sourceOf(A)).containsExactly(A);
  }

  @Test
  void itLacksSomethingAsLongAsAnEventOfItMayCome() {
    missing.drop(B);
    move(C, A); // nothing is missing of it, but of what was there before
    assertThat(sourceOf(A)).isEmpty();
    assertThat(missing.isEmpty()).isFalse();
    move(A, B);
    missing.drop(A);
    missing.drop(C);
    assertThat(missing.settle()).isTrue();
    assertThat(sourceOf(B)).containsExactly(A);
  }

  @Test
  void whenAllIsToldEventsAreAboutWhatIsThere() {
    move(A, C);
    missing.drop(A);
    assertThat(missing.settle()).isTrue();
    move(C, A);
    missing.drop(C);
    assertThat(missing.settle()).isTrue();
    missing.drop(A);
    assertThat(sourceOf(B)).containsExactly(B);
    assertThat(missing.pieces()).hasSize(1);
  }

  @Test
  void aMoveThatIsToldOnceLeavesNoCertaintyOfWhatFollowsAtOnce() {
    move(A, C);
    assertThat(missing.settle()).isTrue();
    move(C, A);
    missing.drop(A); // of the one who moved it, or of somebody before?
    assertThat(missing.settle()).isFalse();
  }
}
