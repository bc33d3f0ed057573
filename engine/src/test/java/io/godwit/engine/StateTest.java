package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.image.PodImage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that check themselves, moved several times while they do. */
class StateTest {
  private static final int MOVES = 3;

  @TempDir Path directory;

  private PodImage moveSeveralTimes(Victim victim, int progressCell) {
    Mover mover = new Mover();
    PodImage last = null;
    victim.awaitCell(progressCell, 3);
    for (int i = 0; i < MOVES; i++) {
      last = mover.move(victim.pid());
      victim.awaitCell(progressCell, victim.cell(progressCell) + 3);
    }
    return last;
  }

  @Test
  void threadsKeepTheirStorageAndVectorRegisters() throws Exception {
    String program =
        """
        #include <immintrin.h>
        #define N 40
        static __thread int64_t mine;
        static void *work(void *arg) {
          int64_t id = (int64_t)arg;
          mine = id * 1000003;
          char name[16]; snprintf(name, sizeof name, "worker-%d", (int)id);
          prctl(15, name, 0, 0, 0);
          pid_t tid = syscall(SYS_gettid);
          double x = id + 0.5;
          __m128d v = _mm_set1_pd(id * 7.25);
          for (int64_t i = 0;; i++) {
            __asm__ volatile("" : "+x"(v), "+x"(x));
            for (volatile int k = 0; k < 20000; k++) __asm__ volatile("" : "+x"(v), "+x"(x));
            double out[2]; _mm_storeu_pd(out, v);
            char now[16] = ""; prctl(16, now, 0, 0, 0);
            if (mine != id * 1000003 || out[0] != id * 7.25 || out[1] != id * 7.25
                || x != id + 0.5 || strcmp(now, name) || tid != syscall(SYS_gettid))
              board[1]++;
            board[10 + id] = i;
            if (id % 2) nap(2000000);
          }
          return 0;
        }
        int main(int argc, char **argv) {
          open_board(argv[1]);
          pthread_t t;
          for (int64_t i = 0; i < N; i++) pthread_create(&t, 0, work, (void *)i);
          for (;;) {
            int64_t least = board[10];
            for (int i = 1; i < N; i++) if (board[10 + i] < least) least = board[10 + i];
            board[0] = least;
            nap(1000000);
          }
        }
        """;
    try (Victim victim = Victim.start(directory, "threads", "#include <sys/prctl.h>\n" + program)) {
      PodImage image = moveSeveralTimes(victim, 0);
      assertThat(victim.cell(1)).isZero();
      assertThat(image.live().getFirst().threads()).hasSize(41);
    }
  }

  @Test
  void memoryOfEveryKindArrivesUnchanged() throws Exception {
    String program =
        """
        #define SIZE (16L << 20)
        static unsigned char constant[8192] = {1};
        int main(int argc, char **argv) {
          open_board(argv[1]);
          uint64_t *big = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          for (long i = 0; i < SIZE / 8; i++) big[i] = i * 0x9e3779b97f4a7c15ULL;
          char *guarded = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          memset(guarded, 'g', 3 * 4096);
          mprotect(guarded, 4096, PROT_NONE);
          mprotect(guarded + 8192, 4096, PROT_READ);
          int64_t *shared = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
          char *heap = sbrk(100000);
          memset(heap, 'h', 100000);
          uint64_t *holes = mmap(0, 1L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
          for (int i = 0; i < 64; i++) holes[(long)i << 21] = i + 1;
          pid_t child = fork();
          if (!child) {
            for (;;) { shared[0]++; shared[600] = shared[0]; nap(1000000); }
          }
          char deep[200000];
          memset(deep, 's', sizeof deep);
          for (int64_t round = 0;; round++) {
            for (long i = 0; i < SIZE / 8; i++)
              if (big[i] != i * 0x9e3779b97f4a7c15ULL) board[1]++;
            if (guarded[4096] != 'g' || guarded[8192] != 'g' || guarded[12287] != 'g') board[2]++;
            mprotect(guarded, 4096, PROT_READ);
            if (guarded[0] != 'g' || guarded[4095] != 'g') board[3]++;
            mprotect(guarded, 4096, PROT_NONE);
            if (heap[0] != 'h' || heap[99999] != 'h' || sbrk(0) != heap + 100000) board[4]++;
            if (deep[0] != 's' || deep[199999] != 's') board[5]++;
            for (int i = 0; i < 64; i++) if (holes[(long)i << 21] != (uint64_t)(i + 1)) board[6]++;
            if (constant[0] != 1 || constant[4097] != 0) board[7]++;
            board[8] = shared[0];
            board[9] = getppid();
            board[0] = round;
            nap(1000000);
          }
        }
        """;
    try (Victim victim = Victim.start(directory, "memory", program)) {
      PodImage image = moveSeveralTimes(victim, 0);
      for (int cell = 1; cell <= 7; cell++) {
        assertThat(victim.cell(cell)).as("check %d", cell).isZero();
      }
      long shared = victim.cell(8);
      victim.awaitCell(8, shared + 5);
      assertThat(image.processes()).hasSize(2);
      assertThat(image.sharedMemory()).hasSize(1);
    }
  }

  @Test
  void sessionsGroupsAndZombiesAreKept() throws Exception {
    String program =
        """
        int main(int argc, char **argv) {
          open_board(argv[1]);
          setsid();
          pid_t zombie = fork();
          if (!zombie) _exit(42);
          pid_t killed = fork();
          if (!killed) { raise(SIGKILL); }
          pid_t group = fork();
          if (!group) {
            setpgid(0, 0);
            pid_t member = fork();
            for (int64_t i = 0;; i++) {
              int at = member ? 20 : 30;
              board[at] = i; board[at + 1] = getpgrp(); board[at + 2] = getsid(0); board[at + 3] = getppid();
              nap(1000000);
            }
          }
          pid_t leader = fork();
          if (!leader) {
            pid_t old = fork();
            if (old) setsid();
            for (int64_t i = 0;; i++) {
              int at = old ? 40 : 50;
              board[at] = i; board[at + 1] = getpgrp(); board[at + 2] = getsid(0); board[at + 3] = getppid();
              nap(1000000);
            }
          }
          board[11] = getpid(); board[12] = group; board[13] = leader;
          for (int64_t i = 0; board[1] == 0; i++) { board[0] = i; nap(1000000); }
          int status;
          if (waitpid(zombie, &status, WNOHANG) != zombie || status != 42 << 8) board[2] = 1 + status;
          if (waitpid(killed, &status, WNOHANG) != killed || status != SIGKILL) board[3] = 1 + status;
          if (waitpid(-1, &status, WNOHANG) != 0) board[4] = 1;
          kill(-group, SIGKILL);
          kill(leader, SIGKILL);
          kill(-getpgrp(), SIGKILL);
        }
        """;
    try (Victim victim = Victim.start(directory, "tree", program)) {
      victim.awaitCell(50, 3);
      victim.awaitCell(30, 3);
      moveSeveralTimes(victim, 0);
      for (int at = 20; at <= 50; at += 10) {
        victim.awaitCell(at, victim.cell(at) + 3);
      }
      long self = victim.cell(11);
      long group = victim.cell(12);
      long leader = victim.cell(13);
      assertThat(self).isEqualTo(victim.pid().number());
      assertThat(victim.cell(21)).isEqualTo(group);
      assertThat(victim.cell(31)).isEqualTo(group);
      assertThat(victim.cell(22)).isEqualTo(self);
      assertThat(victim.cell(33)).isEqualTo(group);
      assertThat(victim.cell(41)).isEqualTo(leader);
      assertThat(victim.cell(42)).isEqualTo(leader);
      assertThat(victim.cell(51)).isEqualTo(self);
      assertThat(victim.cell(52)).isEqualTo(self);
      assertThat(victim.cell(53)).isEqualTo(leader);
      victim.set(1, 1);
      assertThat(victim.awaitEnd().terminatingSignal()).isEqualTo(9);
      assertThat(victim.cell(2)).as("status of the zombie").isZero();
      assertThat(victim.cell(3)).as("status of the killed one").isZero();
      assertThat(victim.cell(4)).as("no other child has ended").isZero();
    }
  }

  @Test
  void aSleepIsNeitherCutShortNorStartedOver() throws Exception {
    String program =
        """
        int main(int argc, char **argv) {
          open_board(argv[1]);
          int64_t start = now();
          board[0] = 1;
          struct timespec t = {1, 500000000};
          int result = nanosleep(&t, 0);
          board[1] = now() - start;
          board[2] = result;
          board[0] = 2;
          start = now();
          result = poll(0, 0, 1500);
          board[3] = now() - start;
          board[4] = result;
          board[0] = 3;
          int word = 0;
          start = now();
          struct timespec u = {1, 500000000};
          result = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &u, 0, 0);
          board[5] = now() - start;
          board[6] = result == -1 ? errno : 0;
          board[0] = 4;
          start = now();
          result = epoll_wait(epoll_create1(0), (struct epoll_event[1]){}, 1, 1);
          board[0] = 5;
          pause();
        }
        """;
    try (Victim victim = Victim.start(directory, "sleeper", program)) {
      Mover mover = new Mover();
      long[] moved = new long[4];
      for (int step = 1; step <= 3; step++) {
        victim.awaitCell(0, step);
        long begun = System.nanoTime();
        for (int i = 0; i < 2; i++) {
          long wait = System.nanoTime() + 200_000_000L;
          Victim.await(() -> System.nanoTime() > wait, () -> "");
          mover.move(victim.pid());
        }
        moved[step] = System.nanoTime() - begun;
      }
      victim.awaitCell(0, 5);
      for (int step = 1; step <= 3; step++) {
        // One that was started over would end a whole sleep after the last move.
        assertThat(victim.cell(2 * step - 1))
            .isBetween(1_500_000_000L, Math.max(1_900_000_000L, moved[step] + 1_400_000_000L));
      }
      assertThat(victim.cell(2)).isZero();
      assertThat(victim.cell(4)).isZero();
      assertThat(victim.cell(6)).isEqualTo(110);
    }
  }
}
