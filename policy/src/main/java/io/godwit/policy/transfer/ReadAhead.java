package io.godwit.policy.transfer;

/**
 * How much to bring beyond a page that was touched: adapts to the access pattern. While faults
 * follow the last window upwards or downwards the window doubles; a fault elsewhere halves it, and
 * after several of them only the page itself comes.
 */
public final class ReadAhead {
  /** Pages brought at most for one fault. */
  public static final int MAX_PAGES = 512;

  /** Pages brought for the first fault. */
  public static final int START_PAGES = 8;

  /** A fault this close to the end of the last window continues it. */
  private static final int NEAR = 4;

  private int window = START_PAGES;
  private long lowest = Long.MIN_VALUE / 2;
  private long end = Long.MIN_VALUE / 2;

  /** The pages to bring for a fault. */
  public PageSet on(long page) {
    boolean up = page >= end && page < end + NEAR;
    boolean down = page < lowest && page >= lowest - NEAR;
    if (up || down) {
      window = Math.min(MAX_PAGES, window * 2);
    } else if (end > 0) {
      window = Math.max(1, window / 2);
    }
    lowest = down ? Math.max(0, page - window + 1) : page;
    end = down ? page + 1 : page + window;
    return PageSet.range(lowest, end);
  }

  /** Pages that the next continuing fault would at least bring. */
  public int window() {
    return window;
  }
}
