package io.godwit.engine;

import io.godwit.core.AddressRange;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.descriptor.HeldLocks;
import io.godwit.engine.pages.PageReader;
import io.godwit.engine.pages.PageSink;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.linux.PageMap;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree that stands still at its source. Exactly one of {@link #undo}, {@link #kill} and {@link
 * #detachFrozen} ends it; {@link #close} undoes if none was called. Methods may be called from any
 * thread, one at a time.
 */
public final class FrozenPod implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FrozenPod.class.getName());

  private final FrozenTree tree;
  private final Extractor.Extraction extraction;
  private final PhaseTimer timer;
  private @Nullable HeldLocks yielded;
  private boolean ended;

  FrozenPod(FrozenTree tree, Extractor.Extraction extraction, PhaseTimer timer) {
    this.tree = tree;
    this.extraction = extraction;
    this.timer = timer;
  }

  /** The records of the tree. */
  public PodImage image() {
    return extraction.image();
  }

  /** For work of the caller's own on the frozen processes, on the tracer's thread. */
  public FrozenTree tree() {
    return tree;
  }

  /** When the first thread was stopped, as System.nanoTime() tells it. */
  public long frozenSince() {
    return tree.frozenSince();
  }

  /** The bytes that {@link #sendPages} will send of private memory, to plan with. */
  public long privateBytes() {
    long bytes = 0;
    for (LiveProcess process : image().live()) {
      for (AddressRange range : pages(process)) {
        bytes += range.length();
      }
    }
    return bytes;
  }

  private List<AddressRange> pages(LiveProcess process) {
    try (PageMap map = PageMap.open(frozen(process).hostPid())) {
      return PageReader.privatePages(process.memory(), map);
    }
  }

  /** The private pages that have contents, by address space. */
  public Map<ObjectId, List<AddressRange>> privatePages() {
    Map<ObjectId, List<AddressRange>> found = new HashMap<>();
    for (LiveProcess process : image().live()) {
      found.put(process.memory().id(), pages(process));
    }
    return found;
  }

  private FrozenProcess frozen(LiveProcess process) {
    return tree.process(process.pid()).orElseThrow();
  }

  /**
   * Sends the contents of all memory, shared objects and saved files; gives back how many bytes.
   */
  public long sendPages(PageSink sink) {
    return sendPages(sink, privatePages());
  }

  /**
   * As {@link #sendPages(PageSink)}, but of private memory only what is asked for.
   *
   * @param selection pages by address space
   */
  public long sendPages(PageSink sink, Map<ObjectId, List<AddressRange>> selection) {
    return timer.timeBytes(Phase.SEND_PAGES, () -> sendAll(sink, selection));
  }

  private long sendAll(PageSink sink, Map<ObjectId, List<AddressRange>> selection) {
    PageReader reader = new PageReader();
    long bytes = 0;
    for (LiveProcess process : image().live()) {
      FrozenProcess frozen = frozen(process);
      bytes += reader.sendVdso(process.memory(), frozen.memory(), sink);
      ObjectId space = process.memory().id();
      bytes += reader.send(space, frozen.memory(), selection.getOrDefault(space, List.of()), sink);
    }
    for (ImageDraft.ContentSource content : extraction.contents()) {
      bytes += reader.send(content, sink);
    }
    return bytes;
  }

  /** The most bytes that {@link #copyPages} may give. */
  public long contentBytes() {
    return privateBytes()
        + extraction.contents().stream().mapToLong(ImageDraft.ContentSource::size).sum();
  }

  /**
   * As {@link #sendPages(PageSink)}, once more: a copy that does not count as sent. The processes
   * may be frozen by their cgroup meanwhile, but must be there.
   */
  public long copyPages(PageSink sink) {
    return sendAll(sink, privatePages());
  }

  /**
   * Gives up the locks on files, so that the destination can take them on the files that both see.
   * {@link #undo} takes them back.
   */
  public void yieldLocks() {
    if (image().descriptions().stream().allMatch(each -> each.locks().isEmpty())) {
      return; // without a trip to the tracer's thread
    }
    tree.tracer()
        .run(
            () -> {
              HeldLocks locks = HeldLocks.of(tree, image());
              yielded = locks;
              locks.release();
              tree.rest();
            });
  }

  /** Lets it run on as if nothing had happened. */
  public void undo() {
    if (!ended) {
      end(() -> timer.time(Phase.UNDO, this::takeBack));
    }
  }

  private void takeBack() {
    try {
      HeldLocks locks = yielded;
      List<String> lost = locks == null ? List.of() : locks.retake();
      if (!lost.isEmpty()) {
        LOG.log(System.Logger.Level.WARNING, "somebody else has taken the locks on {0}", lost);
      }
    } finally {
      tree.undo();
    }
  }

  /** Ends the processes here. */
  public void kill() {
    if (!ended) {
      end(() -> timer.time(Phase.KILL, tree::kill));
    }
  }

  /**
   * Leaves the processes frozen by their cgroup instead of by the tracer, so that they stay so
   * whatever becomes of this process. Writing 0 to cgroup.freeze undoes; writing to cgroup.kill
   * ends them.
   *
   * @param cgroup the cgroup v2 directory in which all of them are
   */
  public void detachFrozen(Path cgroup) {
    end(
        () -> {
          // Before the freeze: putting back makes a last call in each process, which has to run.
          tree.putBack();
          FrozenCgroup.freeze(cgroup);
          tree.undo();
          FrozenCgroup.awaitFrozen(cgroup);
        });
  }

  private void end(Runnable how) {
    tree.tracer().run(how);
    ended = true;
    tree.tracer().close();
  }

  @Override
  public void close() {
    undo();
  }
}
