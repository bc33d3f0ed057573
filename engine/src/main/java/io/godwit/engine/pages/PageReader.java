package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.ObjectId;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.PageMap;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.abi.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the contents of memory that have to be carried: private pages that exist, the kernel's code
 * page (to notice another kernel), shared objects without their holes. Needs no injection; any
 * thread may do it while the processes stay stopped.
 */
public final class PageReader {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);

  /**
   * The private pages of an address space that have contents of their own.
   *
   * @param map of the process
   */
  public static List<AddressRange> privatePages(AddressSpaceImage space, PageMap map) {
    List<AddressRange> found = new ArrayList<>();
    List<Vma> mappings = space.mappings();
    if (mappings.isEmpty()) {
      return found;
    }
    AddressRange all =
        new AddressRange(mappings.getFirst().range().start(), mappings.getLast().range().end());
    int at = 0;
    for (PageMap.Region region : map.privatePages(all)) {
      AddressRange pages = region.range();
      while (at < mappings.size() && mappings.get(at).range().end() <= pages.start()) {
        at++;
      }
      for (int i = at; i < mappings.size(); i++) {
        Vma vma = mappings.get(i);
        if (vma.range().start() >= pages.end()) {
          break;
        }
        if (!vma.shared() && !(vma.kind() instanceof VmaKind.Kernel)) {
          found.add(
              new AddressRange(
                  Math.max(vma.range().start(), pages.start()),
                  Math.min(vma.range().end(), pages.end())));
        }
      }
    }
    return found;
  }

  /**
   * Gives the pages of ranges to a sink, in pieces of at most a chunk that do not reach over a
   * multiple of a chunk: whoever writes them can then use huge pages.
   */
  public long send(ObjectId space, RemoteMemory memory, List<AddressRange> ranges, PageSink sink) {
    long bytes = 0;
    List<AddressRange> group = new ArrayList<>();
    int room = buffer.capacity();
    for (AddressRange range : ranges) {
      long start = range.start();
      while (start < range.end()) {
        long end = Math.min(range.end(), (start | (EngineLimits.PAGE_CHUNK - 1L)) + 1);
        if (end - start > room || group.size() == RemoteMemory.MAX_VECTORS) {
          flush(space, memory, group, sink);
          room = buffer.capacity();
        }
        group.add(new AddressRange(start, end));
        room -= (int) (end - start);
        bytes += end - start;
        start = end;
      }
    }
    flush(space, memory, group, sink);
    return bytes;
  }

  private void flush(ObjectId space, RemoteMemory memory, List<AddressRange> group, PageSink sink) {
    if (group.isEmpty()) {
      return;
    }
    buffer.clear();
    memory.read(group, buffer);
    buffer.flip();
    for (AddressRange range : group) {
      int length = (int) range.length();
      sink.accept(space, range.start(), buffer.slice(buffer.position(), length));
      buffer.position(buffer.position() + length);
    }
    group.clear();
  }

  /** The kernel's code as the process sees it, which another kernel may not have. */
  public long sendVdso(AddressSpaceImage space, RemoteMemory memory, PageSink sink) {
    return send(
        space.id(),
        memory,
        space.mappings().stream()
            .filter(v -> v.kind().equals(new VmaKind.Kernel(VmaKind.KernelPart.VDSO)))
            .map(Vma::range)
            .toList(),
        sink);
  }

  /** Gives the bytes of a shared object or saved file to a sink, without its holes. */
  public long send(ImageDraft.ContentSource content, PageSink sink) {
    long bytes = 0;
    try (OwnedFd file = OwnedFd.of(content.opening().open())) {
      long at = nextData(file.fd(), 0);
      while (at >= 0 && at < content.size()) {
        long end = Math.min(content.size(), Descriptors.seek(file.fd(), at, SEEK_HOLE));
        while (at < end) {
          buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
          int read = Descriptors.read(file.fd(), buffer, at);
          if (read <= 0) {
            return bytes;
          }
          sink.accept(content.id(), at, buffer.flip());
          at += read;
          bytes += read;
        }
        at = nextData(file.fd(), at);
      }
    }
    return bytes;
  }

  private static long nextData(Fd file, long from) {
    try {
      return Descriptors.seek(file, from, SEEK_DATA);
    } catch (LinuxException e) {
      if (e.is(Errno.ENXIO)) { // nothing but a hole behind
        return -1;
      }
      throw e;
    }
  }
}
