package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.linux.LinuxException;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.abi.Errno;
import io.godwit.policy.transfer.PageSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pages of a process that runs. It may end or unmap them meanwhile: what cannot be read is
 * left out and named in the result. A page that is written meanwhile may be torn; the tracker says
 * so later and it is sent again. Not for two threads at once.
 */
final class RunningReader {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);

  /** Gives the pages to a sink; returns those that were sent. */
  PageSet send(ObjectId space, RemoteMemory memory, PageSet wanted, PageSink sink) {
    List<AddressRange> failed = new ArrayList<>();
    List<AddressRange> group = new ArrayList<>();
    int room = buffer.capacity();
    for (AddressRange range : wanted.addresses(PAGE)) {
      long start = range.start();
      while (start < range.end()) {
        long end = Math.min(range.end(), start + room);
        group.add(new AddressRange(start, end));
        room -= (int) (end - start);
        start = end;
        if (room == 0 || group.size() == RemoteMemory.MAX_VECTORS) {
          flush(space, memory, group, sink, failed);
          room = buffer.capacity();
        }
      }
    }
    flush(space, memory, group, sink, failed);
    return wanted.minus(PageSet.of(failed, PAGE));
  }

  private void flush(
      ObjectId space,
      RemoteMemory memory,
      List<AddressRange> group,
      PageSink sink,
      List<AddressRange> failed) {
    if (group.isEmpty()) {
      return;
    }
    if (read(memory, group)) {
      give(space, group, sink);
    } else {
      for (AddressRange range : group) {
        if (read(memory, List.of(range))) {
          give(space, List.of(range), sink);
        } else {
          failed.add(range);
        }
      }
    }
    group.clear();
  }

  private boolean read(RemoteMemory memory, List<AddressRange> ranges) {
    buffer.clear();
    try {
      memory.read(ranges, buffer);
    } catch (LinuxException e) {
      if (e.is(Errno.EFAULT) || e.is(Errno.EIO) || e.is(Errno.ENOMEM) || e.is(Errno.ESRCH)) {
        return false;
      }
      throw e;
    }
    buffer.flip();
    return true;
  }

  private void give(ObjectId space, List<AddressRange> ranges, PageSink sink) {
    for (AddressRange range : ranges) {
      int length = (int) range.length();
      sink.accept(space, range.start(), buffer.slice(buffer.position(), length));
      buffer.position(buffer.position() + length);
    }
  }
}
