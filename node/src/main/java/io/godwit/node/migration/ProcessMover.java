package io.godwit.node.migration;

import io.godwit.core.NodeId;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.node.visits.KeptCopy;
import io.godwit.node.visits.Visit;
import io.godwit.policy.transfer.StopRule;
import io.godwit.wire.proto.Requirements;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
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

  /**
   * Begins to send a pod's memory while it runs; it stands still for a moment.
   *
   * @return null where this machine or this pod does not allow it: then everything goes in the
   *     freeze
   */
  @Nullable Preliminary begin(String pod);

  /** A pod whose memory is being sent while it runs. Used by one thread at a time. */
  interface Preliminary extends AutoCloseable {
    /** What the destination can build already, encoded. */
    byte[] describe();

    /** Sends memory as the strategy says. */
    void send(TransferStrategy.Pass pass, StopRule rule, PageSink sink);

    /** Ends the tracking of what the pod writes; the pod goes on undisturbed. */
    @Override
    void close();
  }

  /**
   * Step 2: suspends every thread of the pod.
   *
   * @param begun what the destination has already, or null; the departure closes it
   */
  Departure freeze(String pod, TransferStrategy strategy, @Nullable Preliminary begun);

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

    /** Whether pages were left that follow the process. Known after {@link #describe}. */
    boolean leavesPages();

    /**
     * Gives out pages that were left, until {@link #kill} or {@link #undo}. May be called again
     * when an earlier taker is gone.
     */
    PageOrigin serve(PageOrigin.Answers answers);

    /**
     * Remembers for whom pages are left, until {@link #kill} or {@link #undo}: beyond the death of
     * this daemon, for {@link ProcessMover#remaining}.
     *
     * @param bandwidth bytes per second that they may take of the network; 0 is no limit
     */
    void remember(Way to, long bandwidth);

    /** Removes the instance: it runs elsewhere. */
    void kill();
  }

  /**
   * The way of pages that follow a process.
   *
   * @param node the other one
   * @param migration its name
   * @param encrypted whether they are encrypted on the way
   * @param shared whether they are not at that node but in the page store that both nodes share
   */
  record Way(NodeId node, String migration, boolean encrypted, boolean shared) {
    /** To another node. */
    public Way(NodeId node, String migration, boolean encrypted) {
      this(node, migration, encrypted, false);
    }
  }

  /** The frozen pods of this node whose pages an earlier daemon left for others. */
  List<Remaining> remaining();

  /** One of them. */
  interface Remaining {
    String pod();

    Way way();

    /** As it was told to {@link Departure#remember}. */
    long bandwidth();

    /** As {@link Departure#serve}. */
    PageOrigin serve(PageOrigin.Answers answers);

    /** Removes the instance, whose pages are elsewhere. */
    void kill();
  }

  /**
   * Goes on bringing the pages of pods of this node that an earlier daemon did not bring.
   *
   * @param reach connects to where they are, as soon as that can be done
   */
  void takeUpPages(Reach reach);

  /** How pages are reached that follow a pod. */
  @FunctionalInterface
  interface Reach {
    PagesBehind connect(String pod, Way way, PageOrigin.Answers answers);
  }

  /**
   * Step 5: makes the pod, empty.
   *
   * @param podDescription from {@link #podDescription} at the source
   * @param readNanos when its clocks were read there, as System.nanoTime() tells it here
   */
  Arrival create(String pod, byte[] podDescription, long readNanos);

  /** A pod that is being built at the destination. Used by one thread at a time. */
  interface Arrival {
    /**
     * Builds what it can from a preliminary description.
     *
     * @return false if it cannot: nothing of it counts then
     */
    boolean prepare(byte[] description);

    /** Takes memory that was sent while the process ran. */
    void take(PageSource pages);

    /**
     * Steps 5 and 6: builds the processes. When this returns they are complete, detached and held
     * by their frozen cgroup.
     *
     * @param description from {@link Departure#describe}
     * @param origins connects to where the pages are that follow
     */
    void build(
        byte[] description, PageSource pages, Function<PageOrigin.Answers, PagesBehind> origins);

    /** Whether all that was built is still there: whoever kills at random kills frozen ones too. */
    boolean whole();

    /** Step 8: they run. Pages that are not here yet follow from now on. */
    void thaw();

    /** Removes what was built; it has never run. */
    void discard();
  }

  /** The pages of a process that are still at its source, as its destination reaches them. */
  interface PagesBehind extends PageOrigin, AutoCloseable {
    /** Where they are. */
    Way way();

    /** The same for people. */
    String where();

    /** Tells the source that it is needed no more. */
    void complete();

    /** Breaks off. */
    @Override
    void close();
  }

  /** What this node keeps of a pod that was here and is about to come back; null if nothing. */
  @Nullable KeptCopy kept(Visit next);

  /** Gives back copies of pods that were here, as far as others need their memory. */
  void makeRoom(String pod, long bytes);

  /** The instance of a pod that an earlier daemon left behind, or null when there is none. */
  @Nullable Left left(String pod);

  /** What an earlier daemon left behind. */
  interface Left {
    /** Whether its cgroup is frozen. */
    boolean sealed();

    /** Whether the program's first process is there, running or frozen. */
    boolean whole();

    /** Lets it run here: no page of it is left for others, and those that follow it come. */
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

    /** As {@link io.godwit.engine.pages.PageSink#elided}. */
    default long elided() {
      return 0;
    }
  }

  /** Where contents of memory come from. */
  @FunctionalInterface
  interface PageSource {
    /** The next run, whose content is valid until the next call; null after the last. */
    @Nullable Run next();

    /** A run of bytes, of whose zeros something may be known. */
    record Run(
        int object,
        long address,
        ByteBuffer content,
        io.godwit.engine.pages.PageSource.Zeros zeros) {}
  }
}
