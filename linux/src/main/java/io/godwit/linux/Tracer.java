package io.godwit.linux;

import io.godwit.core.Tid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The platform thread that owns a set of traced threads. ptrace(2) knows the tracer by its thread:
 * a request from any other fails with ESRCH. Others therefore hand their work to {@link #call},
 * which runs it on the tracer's thread and waits. When the tracer is closed, or its process dies,
 * the kernel detaches what it traces, except for what was seized to die with it.
 */
public final class Tracer implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final int PR_SET_TIMERSLACK = 29;

  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile long resumes;

  private Tracer() {
    int number = NEXT.incrementAndGet();
    thread =
        Thread.ofPlatform()
            .name("godwit-tracer-" + number)
            .daemon(true)
            .stackSize(4L << 20)
            .unstarted(this::work);
  }

  /** Starts the thread. */
  public static Tracer start() {
    Tracer tracer = new Tracer();
    tracer.thread.start();
    return tracer;
  }

  private void work() {
    // Waiting for stops sleeps for microseconds; the default slack of 50 us would dominate it.
    Kernel.call(Syscall.PRCTL, PR_SET_TIMERSLACK, 1);
    try (Scheduling.Hurry _ = Scheduling.hurry()) {
      while (!closed) {
        try {
          queue.take().run();
        } catch (InterruptedException ignored) {
          // Nobody owns this thread's interrupt status; closing goes through the queue.
        }
      }
    }
  }

  /** Runs on the tracer's thread and gives back what it returns, or throws what it throws. */
  public <T> T call(Callable<T> work) {
    if (isCurrent()) {
      return callHere(work);
    }
    CompletableFuture<T> done = submit(work);
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw rethrow(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + thread.getName(), e);
    }
  }

  /** As {@link #call} without a result. */
  public void run(Runnable work) {
    call(
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  /** Queues the work and does not wait. */
  public <T> CompletableFuture<T> submit(Callable<T> work) {
    if (closed) {
      throw new IllegalStateException(thread.getName() + " is closed");
    }
    CompletableFuture<T> done = new CompletableFuture<>();
    queue.add(
        () -> {
          try {
            done.complete(work.call());
          } catch (Throwable t) { // handed to whoever waits
            done.completeExceptionally(t);
          }
        });
    return done;
  }

  private static <T> T callHere(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) {
      throw rethrow(e);
    }
  }

  private static RuntimeException rethrow(Throwable cause) {
    if (cause instanceof RuntimeException e) {
      return e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return new IllegalStateException(cause);
  }

  public boolean isCurrent() {
    return Thread.currentThread().equals(thread);
  }

  void requireCurrent() {
    if (!isCurrent()) {
      throw new IllegalStateException("a request to a tracee outside of " + thread.getName());
    }
  }

  /** Seizes a thread (PTRACE_SEIZE); it runs on. Call on the tracer's thread. */
  public Tracee seize(Tid tid, long options) {
    requireCurrent();
    return Tracee.seize(this, tid, options);
  }

  /** Takes over a thread that the kernel attached by CLONE_PTRACE; it stops before it runs. */
  public Tracee adopt(Tid tid) {
    requireCurrent();
    return Tracee.adopted(this, tid);
  }

  /** How often a thread that it traces was resumed: each is a trip to that thread and back. */
  public long resumes() {
    return resumes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the tracer's thread alone
  void countResume() {
    resumes++;
  }

  /** Sleeps for about the given time without leaving the thread; for bounded waits. */
  static void pause(long nanos) {
    NativeBuffer time = PAUSE.get();
    time.putLong(0, 0).putLong(8, nanos);
    Kernel.call(Syscall.NANOSLEEP, time.address(), 0);
  }

  private static final ThreadLocal<NativeBuffer> PAUSE =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(16));

  /** Ends the thread; what it still traces is detached by the kernel. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    queue.add(() -> {});
    if (!isCurrent()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
