package io.godwit.node.checkpoint;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageSink;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.image.codec.ImageReader;
import io.godwit.image.codec.ImageWriter;
import io.godwit.policy.transfer.PageSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes pages into a generation of an image. A piece that ends within a page, as the last one of a
 * file does, is filled up with zeros. Where there is an older generation only what differs from it
 * is written.
 *
 * <p>The engine numbers objects anew in each image. Address spaces get numbers here that follow
 * from the process and stay, so that pages which came before the final image, or with an older
 * generation, belong to the same one.
 */
final class StoredPages implements PageSink {
  private static final int PAGE = EngineLimits.PAGE_SIZE;

  /** Above what the engine gives: an address space has this number plus its process's. */
  private static final int SPACES = 1 << 30;

  private final ImageWriter writer;
  private final @Nullable ImageReader before;
  private final Map<ObjectId, ObjectId> names = new HashMap<>();
  private final Set<ObjectId> replaced = new HashSet<>();
  private final ByteBuffer last = ByteBuffer.allocateDirect(PAGE);
  private final ByteBuffer old = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);
  private final Map<ObjectId, List<AddressRange>> early = new HashMap<>();
  private boolean running;
  private long written;

  /**
   * @param before the newest generation that is there, null for a whole image
   */
  StoredPages(ImageWriter writer, @Nullable ImageReader before) {
    this.writer = writer;
    this.before = before;
  }

  /**
   * From now on the objects are those of this image, which is given back with the address spaces
   * numbered as their pages are.
   */
  PodImage objectsOf(PodImage image) {
    names.clear();
    for (LiveProcess process : image.live()) {
      // Where processes share one address space it is the first one's.
      names.putIfAbsent(process.memory().id(), new ObjectId(SPACES + process.pid().number()));
    }
    return image.withAddressSpaceIds(id -> Objects.requireNonNull(names.get(id)));
  }

  /** Whether the processes run while their pages come, so that these may be gone in the end. */
  void whileRunning(boolean run) {
    running = run;
  }

  /** Bytes that went into the image. */
  long written() {
    return written;
  }

  @Override
  public void accept(ObjectId object, long address, ByteBuffer content) {
    ObjectId owner = names.get(object);
    if (owner == null) {
      // Shared memory or a saved file. Its number may have been another object's: nothing of that
      // may show where this one has holes.
      replace(object);
      put(object, address, content);
      return;
    }
    if (running) {
      early
          .computeIfAbsent(owner, space -> new ArrayList<>())
          .add(new AddressRange(address, address + content.remaining()));
    }
    if (before == null) {
      put(owner, address, content);
    } else {
      putChanged(before, owner, address, content);
    }
  }

  private void replace(ObjectId object) {
    if (before != null && replaced.add(object)) {
      before.extents(object).forEach(extent -> writer.absent(object, extent.range()));
    }
  }

  private void put(ObjectId owner, long address, ByteBuffer content) {
    int whole = content.remaining() / PAGE * PAGE;
    int rest = content.remaining() - whole;
    written += content.remaining();
    if (whole > 0) {
      AddressRange range = new AddressRange(address, address + whole);
      writer.pages(owner, range, content.slice(content.position(), whole));
    }
    if (rest > 0) {
      last.clear();
      last.put(content.slice(content.position() + whole, rest));
      while (last.hasRemaining()) {
        last.put((byte) 0);
      }
      long from = address + whole;
      writer.pages(owner, new AddressRange(from, from + PAGE), last.flip());
    }
    content.position(content.limit());
  }

  /** Pages of memory come whole. */
  private void putChanged(ImageReader reader, ObjectId owner, long address, ByteBuffer content) {
    int size = content.remaining();
    int changedFrom = -1;
    for (int done = 0; done < size; ) {
      old.clear().limit(size - done);
      int known = reader.read(owner, address + done, old) / PAGE * PAGE;
      old.flip();
      for (int at = 0; at < Math.max(known, PAGE); at += PAGE) {
        boolean same =
            at < known
                && content.slice(content.position() + done + at, PAGE).equals(old.slice(at, PAGE));
        if (same && changedFrom >= 0) {
          putPart(owner, address, content, changedFrom, done + at);
          changedFrom = -1;
        } else if (!same && changedFrom < 0) {
          changedFrom = done + at;
        }
      }
      done += Math.max(known, PAGE);
    }
    if (changedFrom >= 0) {
      putPart(owner, address, content, changedFrom, size);
    }
  }

  private void putPart(ObjectId owner, long address, ByteBuffer content, int from, int to) {
    put(owner, address + from, content.slice(content.position() + from, to - from));
  }

  /**
   * Says what is there no more of address spaces: pages of an older generation, or those that were
   * written before the freeze.
   *
   * @param present the private pages that have contents, by address space of the present image
   */
  void forgetAllBut(PodImage image, Map<ObjectId, List<AddressRange>> present) {
    Map<ObjectId, PageSet> stays = new HashMap<>();
    for (LiveProcess process : image.live()) {
      List<AddressRange> ranges =
          new ArrayList<>(present.getOrDefault(process.memory().id(), List.of()));
      for (Vma vma : process.memory().mappings()) {
        if (vma.kind() instanceof VmaKind.Kernel) {
          ranges.add(vma.range());
        }
      }
      ObjectId owner = Objects.requireNonNull(names.get(process.memory().id()));
      stays.merge(owner, PageSet.of(ranges, PAGE), PageSet::plus);
    }
    stays.forEach(
        (owner, pages) -> {
          List<AddressRange> known = new ArrayList<>(early.getOrDefault(owner, List.of()));
          if (before != null) {
            before.extents(owner).forEach(extent -> known.add(extent.range()));
          }
          PageSet.of(known, PAGE)
              .minus(pages)
              .addresses(PAGE)
              .forEach(range -> writer.absent(owner, range));
        });
    early.clear();
  }
}
