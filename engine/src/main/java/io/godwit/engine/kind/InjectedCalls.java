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
  private final List<Runnable> actions = new ArrayList<>();
  private @Nullable SyscallBatch current;

  /**
   * @param injector opened when the first call is added
   */
  public InjectedCalls(Supplier<Injector> injector) {
    this.injector = injector;
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
      current = injector.get().batch();
    }
    return current;
  }

  /** Runs after the calls that were added before it. */
  public void then(Runnable action) {
    actions.add(action);
  }

  /** Makes the calls now, then runs the actions. */
  public void flush() {
    SyscallBatch batch = current;
    current = null;
    if (batch != null && !batch.isEmpty()) {
      injector.get().run(batch);
    }
    List<Runnable> due = List.copyOf(actions);
    actions.clear();
    due.forEach(Runnable::run);
  }
}
