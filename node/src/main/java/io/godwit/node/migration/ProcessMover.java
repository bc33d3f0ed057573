package io.godwit.node.migration;

import io.godwit.wire.proto.Requirements;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the migration algorithm needs of the rooms that touch processes. A pod is named by its name;
 * every failure is a {@link io.godwit.core.GodwitException}.
 */
public interface ProcessMover {
  /**
   * Looks at a running pod from outside; refuses what cannot be moved, all obstacles at once.
   *
   * @return what the destination must have
   */
  Requirements inspect(String pod);

  /**
   * What the destination needs to make the pod, opaque to the protocol. Asked for at the moment
   * when it is sent, because it tells the pod's clocks.
   */
  byte[] podDescription(String pod);

  /** Step 2: suspends every thread of the pod. */
  Departure freeze(String pod);

  /** A frozen pod at the source. Used by one thread at a time. */
  interface Departure {
    /** Step 3: what comes for the processes is held back. */
    void redirect();

    /** Step 4: everything but the contents of memory, encoded. */
    byte[] describe();

    /** Step 6: the contents of memory. */
    void transfer(PageSink sink);

    /** Freezes the cgroup, so that the death of this daemon sets nothing free. */
    void seal();

    /** Restores what was disturbed; the processes go on. Also after {@link #seal}. */
    void undo();

    /** Removes the instance: it runs elsewhere. */
    void kill();
  }

  /**
   * Step 5: makes the pod, empty.
   *
   * @param podDescription from {@link #podDescription} at the source
   * @param receivedNanos when it came, as System.nanoTime() tells it
   */
  Arrival create(String pod, byte[] podDescription, long receivedNanos);

  /** A pod that is being built at the destination. Used by one thread at a time. */
  interface Arrival {
    /**
     * Steps 5 and 6: builds the processes. When this returns they are complete, detached and held
     * by their frozen cgroup.
     *
     * @param description from {@link Departure#describe}
     */
    void build(byte[] description, PageSource pages);

    /** Step 8: they run. */
    void thaw();

    /** Removes what was built; it has never run. */
    void discard();
  }

  /** The instance of a pod that an earlier daemon left behind, or null when there is none. */
  @Nullable Left left(String pod);

  /** What an earlier daemon left behind. */
  interface Left {
    /** Whether its cgroup is frozen. */
    boolean sealed();

    /** Lets it run. */
    void thaw();

    /** Removes it. */
    void kill();
  }

  /** Where contents of memory go. */
  @FunctionalInterface
  interface PageSink {
    /**
     * Takes a run of bytes.
     *
     * @param object which address space or shared object
     * @param content at most {@link io.godwit.wire.WireLimits#PAGE_PAYLOAD_BYTES} bytes; valid for
     *     the call alone
     */
    void accept(int object, long address, ByteBuffer content);
  }

  /** Where contents of memory come from. */
  @FunctionalInterface
  interface PageSource {
    /** The next run, whose content is valid until the next call; null after the last. */
    @Nullable Run next();

    /** A run of bytes. */
    record Run(int object, long address, ByteBuffer content) {}
  }
}
