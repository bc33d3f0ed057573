package io.godwit.engine.kind;

import io.godwit.linux.Injector;
import io.godwit.linux.SyscallBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * System calls gathered from several kinds for one thread, to be made together. Results are looked
 * at in the {@link #then} actions, which run in the order in which they were added.
 *
 * <pre>
 * SyscallBatch batch = process.calls().room(1, 144);
 * long old = batch.reserve(32);
 * SyscallBatch.Call call = batch.add(Syscall.RT_SIGACTION, 10, 0, old, 8);
 * process.calls().then(() -> draft.add(parse(batch.bytes(old, 32))));
 * </pre>
 */
public final class InjectedCalls {
  private final Supplier<Injector> injector;
  private final int offset;
  private final int size;
  private final List<Runnable> actions = new ArrayList<>();
  private @Nullable SyscallBatch current;
  private @Nullable SyscallBatch started;

  /** Whether the current batch needs more than this thread's part of the area. */
  private boolean wide;

  /**
   * @param injector opened when the first call is added
   */
  public InjectedCalls(Supplier<Injector> injector) {
    this(injector, 0, 0);
  }

  /**
   * For threads that share a scratch area and work at the same time, each in its part of it.
   *
   * @param size 0 for the whole area
   */
  public InjectedCalls(Supplier<Injector> injector, int offset, int size) {
    this.injector = injector;
    this.offset = offset;
    this.size = size;
  }

  /**
   * The batch to add to, with room for that many calls and bytes of data. Ask again before each
   * group of calls that belong together: a full batch is run to make room.
   */
  public SyscallBatch room(int calls, int bytes) {
    if (current != null && !current.hasRoom(calls, bytes + 16 * calls)) {
      flush();
    }
    if (current == null) {
      Injector in = injector.get();
      current = size == 0 ? in.batch() : in.batch(offset, size);
      wide = !current.hasRoom(calls, bytes + 16 * calls);
      if (wide) {
        current = in.batch();
      }
    }
    return current;
  }

  /** Runs after the calls that were added before it. */
  public void then(Runnable action) {
    actions.add(action);
  }

  /** Makes the calls now, then runs the actions. */
  public void flush() {
    wide = false;
    start();
    finish();
  }

  /**
   * Sets the calls off, for {@link #finish} to wait for, unless they need the whole area: those
   * wait for {@link #flush}, when no other thread is at work.
   */
  public void start() {
    SyscallBatch batch = current;
    if (batch == null || wide) {
      return;
    }
    current = null;
    if (!batch.isEmpty()) {
      injector.get().start(batch);
      started = batch;
    }
  }

  /** Waits for the calls that were set off, then runs the actions. */
  public void finish() {
    SyscallBatch batch = started;
    started = null;
    if (batch != null) {
      injector.get().finish(batch);
    }
    if (current == null) {
      List<Runnable> due = List.copyOf(actions);
      actions.clear();
      due.forEach(Runnable::run);
    }
  }
}
