import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Twenty-four threads allocate, hash and collect garbage; the sum does not depend on their order. */
public class Threads {
  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    int threads = 24;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch started = new CountDownLatch(threads);
    List<Future<Long>> parts = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int seed = t;
      Callable<Long> work =
          () -> {
            started.countDown();
            started.await();
            long sum = seed;
            List<long[]> kept = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
              long[] block = new long[512];
              for (int k = 0; k < block.length; k++) {
                sum = sum * 6364136223846793005L + 1442695040888963407L;
                block[k] = sum;
              }
              kept.add(block);
              if (kept.size() > 200) {
                long[] old = kept.get(i % 200);
                sum ^= old[i % 512];
                kept.subList(0, 100).clear();
              }
              if (i % 500 == 0) {
                Thread.sleep(1);
              }
            }
            return sum;
          };
      parts.add(pool.submit(work));
    }
    long total = 0;
    for (Future<Long> part : parts) {
      total ^= part.get();
    }
    pool.shutdown();
    Files.writeString(Path.of("result"), Long.toHexString(total) + "\n");
  }
}
