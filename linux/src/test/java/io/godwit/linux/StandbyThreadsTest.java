package io.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StandbyThreadsTest {
  private static final int MORE_THAN_THE_RESERVE = 20;

  @Test
  void eachTaskHasAThreadOfItsOwnThatEnds() throws InterruptedException {
    StandbyThreads.fill();
    CountDownLatch begun = new CountDownLatch(MORE_THAN_THE_RESERVE);
    CountDownLatch end = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_THE_RESERVE; i++) {
      threads.add(
          StandbyThreads.start(
              "task-" + i,
              () -> {
                begun.countDown();
                await(end);
              }));
    }
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).extracting(Thread::getName).contains("task-0", "task-19");
    end.countDown();
    for (Thread thread : threads) {
      thread.join(20_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void anInterruptReachesTheTask() throws InterruptedException {
    StandbyThreads.fill();
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread thread =
        StandbyThreads.start(
            "interrupted",
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException expected) {
                interrupted.countDown();
              }
            });
    thread.interrupt();
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
