package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.EngineError;
import io.godwit.engine.EngineLimits;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.ObjectId;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.PageMap;
import io.godwit.linux.RemoteMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts contents from a source into the processes and objects that are being built. Zeros that are
 * known as such are not written where nothing was yet and no file is behind the memory.
 */
public final class PageWriter {
  private final Map<ObjectId, Target> spaces = new HashMap<>();
  private final Map<ObjectId, byte[]> foundCode = new HashMap<>();
  private final Map<ObjectId, Fd> files = new HashMap<>();

  /** What is there already, by process; open while a source is being written. */
  private final Map<Pid, PageMap> maps = new HashMap<>();

  /** Huge pages that the kernel did not give, since the last that it did. */
  private final AtomicInteger refusals = new AtomicInteger();

  /**
   * An address space that is being filled.
   *
   * @param memory of the process
   * @param vdso where the process had the kernel's code; what arrives for it is kept, not written
   * @param blank where pages that were not written read as zeros, by their starts
   * @param fresh whether each page is written once at most, so that what is blank has not been
   */
  private record Target(
      RemoteMemory memory, AddressRange vdso, NavigableMap<Long, Blank> blank, boolean fresh) {}

  /** Private memory without a file, made as one mapping. */
  private static final class Blank {
    final long end;

    /**
     * Whether a page of zeros was written. One is: the kernel joins what it has split from a
     * mapping that holds a page, compare {@link MappingGroup}.
     */
    boolean touched;

    Blank(long end) {
      this.end = end;
    }
  }

  /**
   * Runs for this address space go to this process.
   *
   * @param fresh whether no page was written before or will be twice
   */
  public void space(AddressSpaceImage space, RemoteMemory memory, boolean fresh) {
    AddressRange vdso =
        space.mappings().stream()
            .filter(v -> v.kind().equals(new VmaKind.Kernel(VmaKind.KernelPart.VDSO)))
            .map(Vma::range)
            .findFirst()
            .orElse(new AddressRange(0, 0));
    NavigableMap<Long, Blank> blank = new TreeMap<>();
    for (MappingGroup group : MappingGroup.of(space.mappings())) {
      if (LayoutChange.isEarly(group.base())) {
        blank.put(group.range().start(), new Blank(group.range().end()));
      }
    }
    spaces.put(space.id(), new Target(memory, vdso, blank, fresh));
  }

  /** Runs for these objects go to files of this process. */
  public void files(Map<ObjectId, Fd> objects) {
    files.putAll(objects);
  }

  /** Writes all that a source has; gives back how many bytes. */
  public long writeAll(PageSource source) {
    long bytes = 0;
    try {
      for (PageSource.Run run = source.next(); run != null; run = source.next()) {
        bytes += run.content().remaining();
        write(run);
      }
      return bytes;
    } finally {
      maps.values().forEach(PageMap::close);
      maps.clear();
    }
  }

  private void write(PageSource.Run run) {
    Target target = spaces.get(run.object());
    ByteBuffer content = run.content();
    if (target != null) {
      long address = run.address();
      if (target.vdso().contains(address)) {
        int code = (int) Math.min(content.remaining(), target.vdso().end() - address);
        keepCode(
            run.object(),
            (int) (address - target.vdso().start()),
            content.slice(content.position(), code));
        content.position(content.position() + code);
        address += code;
      }
      writePrivate(target, address, content, run.zeros());
      return;
    }
    Fd file = files.get(run.object());
    if (file == null) {
      throw new GodwitException(
          EngineError.NOT_RESTORABLE,
          "the tree cannot be built",
          "contents came for object " + run.object() + ", which the image does not have",
          "the image is inconsistent: make a new one");
    }
    long at = run.address();
    while (content.hasRemaining()) {
      at += Descriptors.write(file, content, at);
    }
  }

  private void writePrivate(
      Target target, long address, ByteBuffer content, PageSource.Zeros zeros) {
    RemoteMemory memory = target.memory();
    boolean whole = (address | content.remaining()) % EngineLimits.PAGE_SIZE == 0;
    switch (whole ? zeros : PageSource.Zeros.UNKNOWN) {
      case ALL -> writeZeros(target, address, content);
      case SOME -> {
        if (!writeHuge(memory, address, content)) {
          writePieces(target, address, content);
        }
      }
      case UNKNOWN -> {
        if (!writeHuge(memory, address, content)) {
          memory.write(address, content);
        }
      }
    }
  }

  /**
   * A run that fills at least half of a huge page's place is written to a huge page: a fault for
   * each small page costs more than copying to it. The other half reads as zeros, as it did before;
   * pages that are to be missing there are dropped when their faults are registered.
   *
   * @return false, with nothing written, where it is not
   */
  private boolean writeHuge(RemoteMemory memory, long address, ByteBuffer content) {
    int refused = refusals.get();
    if (refused >= EngineLimits.HUGE_PAGE_REFUSALS
        || address % EngineLimits.HUGE_PAGE != 0
        || content.remaining() < EngineLimits.HUGE_PAGE / 2) {
      return false;
    }
    int end = content.limit();
    memory.write(address, content.limit(content.position() + EngineLimits.PAGE_SIZE));
    content.limit(end);
    AddressRange block = new AddressRange(address, address + EngineLimits.HUGE_PAGE);
    refusals.set(memory.collapse(block) ? 0 : refused + 1);
    memory.write(address + EngineLimits.PAGE_SIZE, content);
    return true;
  }

  /** Data and zeros in turn. */
  private void writePieces(Target target, long address, ByteBuffer content) {
    BitSet zeros = ZeroPages.in(content);
    int first = content.position();
    int pages = content.remaining() / EngineLimits.PAGE_SIZE;
    for (int page = 0, end; page < pages; page = end) {
      boolean zero = zeros.get(page);
      end = zero ? zeros.nextClearBit(page) : zeros.nextSetBit(page);
      end = end < 0 ? pages : Math.min(end, pages);
      int from = page * EngineLimits.PAGE_SIZE;
      ByteBuffer piece = content.slice(first + from, (end - page) * EngineLimits.PAGE_SIZE);
      if (zero) {
        writeZeros(target, address + from, piece);
      } else {
        target.memory().write(address + from, piece);
      }
    }
    content.position(content.limit());
  }

  /** Writes nothing where there is nothing: there it reads as zeros without memory. */
  private void writeZeros(Target target, long address, ByteBuffer zeros) {
    long end = address + zeros.remaining();
    for (long at = address, to; at < end; at = to) {
      Map.Entry<Long, Blank> below = target.blank().floorEntry(at);
      if (below != null && at < below.getValue().end) {
        to = Math.min(end, below.getValue().end);
        blank(target, below.getValue(), new AddressRange(at, to));
      } else {
        Long next = target.blank().higherKey(at);
        to = next == null ? end : Math.min(end, next);
        overwrite(target.memory(), new AddressRange(at, to));
      }
    }
    zeros.position(zeros.limit());
  }

  private void blank(Target target, Blank where, AddressRange range) {
    if (!where.touched) {
      where.touched = true;
      overwrite(
          target.memory(), new AddressRange(range.start(), range.start() + EngineLimits.PAGE_SIZE));
    }
    if (!target.fresh()) {
      for (PageMap.Region region : map(target.memory()).privatePages(range)) {
        overwrite(target.memory(), region.range());
      }
    }
  }

  private static void overwrite(RemoteMemory memory, AddressRange range) {
    for (long at = range.start(); at < range.end(); at += EngineLimits.PAGE_CHUNK) {
      int length = (int) Math.min(EngineLimits.PAGE_CHUNK, range.end() - at);
      memory.write(at, ZeroPages.ofLength(length));
    }
  }

  private PageMap map(RemoteMemory memory) {
    return maps.computeIfAbsent(memory.pid(), PageMap::open);
  }

  /** Pieces of it may come in any order. */
  private void keepCode(ObjectId space, int at, ByteBuffer content) {
    byte[] known = foundCode.getOrDefault(space, new byte[0]);
    byte[] bytes = Arrays.copyOf(known, Math.max(known.length, at + content.remaining()));
    content.get(bytes, at, content.remaining());
    foundCode.put(space, bytes);
  }

  /** The kernel's code as the source had it, empty where none came. */
  public byte[] kernelCode(ObjectId space) {
    return foundCode.getOrDefault(space, new byte[0]);
  }
}
