package io.godwit.node.checkpoint;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.core.control.Progress;
import io.godwit.engine.Engine;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.pages.PageSink;
import io.godwit.engine.pages.Precopy;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.codec.Generations;
import io.godwit.image.codec.ImageHeader;
import io.godwit.image.codec.ImageReader;
import io.godwit.image.codec.ImageWriter;
import io.godwit.linux.LinuxException;
import io.godwit.policy.transfer.StopRule;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes running processes to an image.
 *
 * <p>Processes that are to run on are not frozen for as long as the disk takes: their memory is
 * written in rounds while they run, and again what they write meanwhile; the freeze is for the rest
 * alone, and the disk has to confirm only afterwards. Processes that are to end stand still until
 * the disk has everything. On any failure they go on, and what was there before is there still.
 */
public final class Checkpoint {
  private static final Logger LOG = System.getLogger(Checkpoint.class.getName());

  private final Engine engine;
  private final List<Pid> roots;
  private final Set<ExternalDescriptor> external;
  private final Extractor.Surroundings around;
  private final CheckpointOptions options;
  private final Consumer<Progress> progress;
  private final Runnable whileFrozen;

  /**
   * What a checkpoint took.
   *
   * @param bytes that were written of memory and files without a name
   * @param freezeNanos how long the processes stood still; until their end where they were not left
   *     running
   * @param generation which one of its directory it is
   */
  public record Result(int processes, long bytes, long freezeNanos, int generation) {}

  /**
   * @param roots in the node's PID namespace
   * @param external descriptors that whoever restarts supplies again
   * @param whileFrozen done once while nothing runs, before the processes go on
   */
  public Checkpoint(
      Engine engine,
      List<Pid> roots,
      Set<ExternalDescriptor> external,
      Extractor.Surroundings around,
      CheckpointOptions options,
      Consumer<Progress> progress,
      Runnable whileFrozen) {
    this.engine = engine;
    this.roots = List.copyOf(roots);
    this.external = Set.copyOf(external);
    this.around = around;
    this.options = options;
    this.progress = progress;
    this.whileFrozen = whileFrozen;
  }

  /** As above, with nothing to be done while the processes stand still. */
  public Checkpoint(
      Engine engine,
      List<Pid> roots,
      Set<ExternalDescriptor> external,
      Extractor.Surroundings around,
      CheckpointOptions options,
      Consumer<Progress> progress) {
    this(engine, roots, external, around, options, progress, () -> {});
  }

  /** Makes the image, or a further generation of it. */
  public Result to(Path directory) {
    engine.inspect(roots, external).throwIfRefused();
    boolean adds = options.incremental() && Files.exists(directory.resolve("header"));
    try (ImageReader before =
            adds
                ? ImageReader.open(directory, OptionalInt.empty(), options.storage().key())
                : null;
        // The writer comes first: a directory that cannot be written must not cost a freeze.
        ImageWriter writer =
            adds
                ? Generations.append(directory, options.storage())
                : ImageWriter.create(directory, options.storage())) {
      Result result = write(writer, before);
      if (adds) {
        Generations.merge(directory, options.keep(), options.storage().key(), options.storage());
      }
      return result;
    }
  }

  private Result write(ImageWriter writer, @Nullable ImageReader before) {
    StoredPages pages = new StoredPages(writer, before);
    if (!options.leaveRunning()) {
      try (FrozenPod frozen = freeze()) {
        whileFrozen.run();
        PodImage image = send(frozen, pages, frozen.privatePages());
        ImageHeader header = writer.commit(image);
        frozen.kill();
        return result(image, pages, System.nanoTime() - frozen.frozenSince(), header);
      }
    }
    PodImage image;
    long nanos;
    try (Precopy precopy = beginEarly()) {
      if (precopy != null) {
        pages.whileRunning(true);
        pages.objectsOf(precopy.image());
        precopy.rounds(telling(pages, "writing while it runs", 0), StopRule.DEFAULT);
        pages.whileRunning(false);
      }
      try (FrozenPod frozen = freeze()) {
        Map<ObjectId, List<AddressRange>> present = frozen.privatePages();
        whileFrozen.run();
        image =
            send(
                frozen,
                pages,
                precopy == null
                    ? present
                    : precopy.remainder(frozen.image(), present, false).needed());
        frozen.undo();
        nanos = System.nanoTime() - frozen.frozenSince();
      }
    }
    return result(image, pages, nanos, writer.commit(image));
  }

  /** Null where the kernel cannot tell which pages are written: then all is done in the freeze. */
  private @Nullable Precopy beginEarly() {
    try {
      return engine.precopy(roots, external, around, PhaseListener.NONE);
    } catch (LinuxException e) {
      LOG.log(Level.DEBUG, "memory is not written before the freeze: {0}", e.getMessage());
      return null;
    }
  }

  private FrozenPod freeze() {
    return engine.freeze(roots, external, around, PhaseListener.NONE);
  }

  private PodImage send(
      FrozenPod frozen, StoredPages pages, Map<ObjectId, List<AddressRange>> needed) {
    PodImage image = pages.objectsOf(frozen.image());
    pages.forgetAllBut(frozen.image(), frozen.privatePages());
    frozen.sendPages(telling(pages, "writing", frozen.frozenSince()), needed);
    return image;
  }

  private PageSink telling(StoredPages pages, String phase, long since) {
    long start = since == 0 ? System.nanoTime() : since;
    long[] seen = {0};
    return (object, address, content) -> {
      seen[0] += content.remaining();
      pages.accept(object, address, content);
      long micros = (System.nanoTime() - start) / 1000;
      progress.accept(new Progress(phase, seen[0], 0, 0, micros));
    };
  }

  private static Result result(PodImage image, StoredPages pages, long nanos, ImageHeader header) {
    return new Result(image.live().size(), pages.written(), nanos, header.newest().number());
  }
}
