package io.godwit.node.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTellerTest {
  @Test
  void tellsAllInOrderBeforeItIsClosed() {
    List<Phase> heard = Collections.synchronizedList(new ArrayList<>());
    try (ProgressTeller teller =
        new ProgressTeller((phase, bytes, expected, elapsed) -> heard.add(phase))) {
      for (Phase phase : Phase.values()) {
        teller.progress(phase, 1, 2, 3);
      }
    }
    assertThat(heard).containsExactly(Phase.values());
  }

  @Test
  void nobodyWaitsForAnObserverWhoDoesNotListen() throws InterruptedException {
    CountDownLatch listening = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    Thread mover =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (ProgressTeller teller =
                      new ProgressTeller(
                          (phase, bytes, expected, elapsed) -> awaitUninterrupted(listening))) {
                    for (int i = 0; i < 1000; i++) {
                      teller.progress(Phase.TRANSFER, i, 0, 0);
                    }
                    told.countDown();
                  }
                });
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    mover.join(20_000);
    assertThat(mover.isAlive()).isFalse();
    listening.countDown();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
