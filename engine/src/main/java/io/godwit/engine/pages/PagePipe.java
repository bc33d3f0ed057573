package io.godwit.engine.pages;

import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Hands contents of memory from one thread to another in this process, with a bounded number of
 * buffers between them.
 */
public final class PagePipe {
  private static final int BUFFERS = 8;
  private static final ObjectId NONE = new ObjectId(Integer.MAX_VALUE);

  private final BlockingQueue<PageSource.Run> full = new ArrayBlockingQueue<>(BUFFERS + 1);
  private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS);

  public PagePipe() {
    for (int i = 0; i < BUFFERS; i++) {
      free.add(ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK));
    }
  }

  /** The writing end. */
  public PageSink sink() {
    return (object, address, content) -> {
      ByteBuffer copy = take(free).clear();
      copy.put(content).flip();
      put(new PageSource.Run(object, address, copy));
    };
  }

  /** Says that nothing follows. */
  public void finish() {
    put(new PageSource.Run(NONE, 0, ByteBuffer.allocateDirect(0)));
  }

  /** The reading end. */
  public PageSource source() {
    return new PageSource() {
      private PageSource.@Nullable Run last;

      @Override
      public PageSource.@Nullable Run next() {
        if (last != null && last.object().equals(NONE)) {
          return null;
        }
        if (last != null) {
          free.add(last.content());
        }
        last = take(full);
        return last.object().equals(NONE) ? null : last;
      }
    };
  }

  private void put(PageSource.Run run) {
    try {
      full.put(run);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static <T> T take(BlockingQueue<T> queue) {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while pages were handed over", e);
  }
}
