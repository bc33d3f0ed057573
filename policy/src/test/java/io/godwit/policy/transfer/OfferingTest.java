package io.godwit.policy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OfferingTest {
  private static final long WINDOW = 4 << 20;

  private static int offers(Offering rule, int windows) {
    int offers = 0;
    for (int i = 0; i < windows; i++) {
      offers += rule.offersNext() ? 1 : 0;
    }
    return offers;
  }

  @Test
  void beginsWithAnOffer() {
    assertThat(new Offering(0).offersNext()).isTrue();
  }

  @Test
  void goesOnWhereMostIsHeldWhateverThatCosts() {
    Offering rule = new Offering(0);
    rule.offered(WINDOW, WINDOW * 95 / 100, 50_000_000);
    rule.sent(WINDOW * 5 / 100, 1000);
    assertThat(offers(rule, 100)).isEqualTo(100);
  }

  @Test
  void onAFastLinkOfWhichNothingIsHeldItOffersOneInSeventeen() {
    Offering rule = new Offering(0);
    rule.offered(WINDOW, 0, 4_000_000);
    rule.sent(WINDOW, 2_000_000);
    assertThat(offers(rule, 17 * 5)).isEqualTo(5);
  }

  @Test
  void onASlowLinkItOffersWhateverIsHeld() {
    Offering measured = new Offering(0);
    measured.offered(WINDOW, 0, 4_000_000);
    measured.sent(WINDOW, 400_000_000);
    assertThat(offers(measured, 100)).isEqualTo(100);
    Offering told = new Offering(10 << 20);
    told.offered(WINDOW, 0, 4_000_000);
    told.sent(WINDOW, 2_000_000);
    assertThat(offers(told, 100)).isEqualTo(100);
  }

  @Test
  void comesBackToItWhenMoreIsHeld() {
    Offering rule = new Offering(0);
    rule.offered(WINDOW, 0, 4_000_000);
    rule.sent(WINDOW, 2_000_000);
    while (!rule.offersNext()) {
      rule.sent(WINDOW, 2_000_000);
    }
    rule.offered(WINDOW, WINDOW, 4_000_000);
    rule.sent(0, 0);
    assertThat(offers(rule, 10)).isEqualTo(10);
  }
}
