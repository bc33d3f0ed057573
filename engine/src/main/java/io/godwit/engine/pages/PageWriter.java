package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.RemoteMemory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts contents from a source into the processes and objects that are being built. */
public final class PageWriter {
  private final Map<ObjectId, RemoteMemory> spaces = new HashMap<>();
  private final Map<ObjectId, AddressRange> kernelCode = new HashMap<>();
  private final Map<ObjectId, byte[]> foundCode = new HashMap<>();
  private final Map<ObjectId, Fd> files = new HashMap<>();

  /** Huge pages that the kernel did not give, since the last that it did. */
  private final AtomicInteger refusals = new AtomicInteger();

  /**
   * Runs for this address space go to this process.
   *
   * @param vdso where the process had the kernel's code; what arrives for it is kept, not written
   */
  public void space(ObjectId id, RemoteMemory memory, AddressRange vdso) {
    spaces.put(id, memory);
    kernelCode.put(id, vdso);
  }

  /** Runs for these objects go to files of this process. */
  public void files(Map<ObjectId, Fd> objects) {
    files.putAll(objects);
  }

  /** Writes all that a source has; gives back how many bytes. */
  public long writeAll(PageSource source) {
    long bytes = 0;
    for (PageSource.Run run = source.next(); run != null; run = source.next()) {
      bytes += run.content().remaining();
      write(run.object(), run.address(), run.content());
    }
    return bytes;
  }

  private void write(ObjectId object, long address, ByteBuffer content) {
    RemoteMemory memory = spaces.get(object);
    AddressRange vdso = kernelCode.get(object);
    if (memory != null) {
      if (vdso != null && vdso.contains(address)) {
        keepCode(object, content);
      } else {
        writePrivate(memory, address, content);
      }
      return;
    }
    Fd file = files.get(object);
    if (file == null) {
      throw new GodwitException(
          EngineError.NOT_RESTORABLE,
          "the tree cannot be built",
          "contents came for object " + object + ", which the image does not have",
          "the image is inconsistent: make a new one");
    }
    long at = address;
    while (content.hasRemaining()) {
      at += Descriptors.write(file, content, at);
    }
  }

  /**
   * A run that fills at least half of a huge page's place is written to a huge page: a fault for
   * each small page costs more than copying to it. The other half reads as zeros, as it did before;
   * pages that are to be missing there are dropped when their faults are registered.
   */
  private void writePrivate(RemoteMemory memory, long address, ByteBuffer content) {
    int refused = refusals.get();
    if (refused < EngineLimits.HUGE_PAGE_REFUSALS
        && address % EngineLimits.HUGE_PAGE == 0
        && content.remaining() >= EngineLimits.HUGE_PAGE / 2) {
      int end = content.limit();
      memory.write(address, content.limit(content.position() + EngineLimits.PAGE_SIZE));
      content.limit(end);
      AddressRange block = new AddressRange(address, address + EngineLimits.HUGE_PAGE);
      refusals.set(memory.collapse(block) ? 0 : refused + 1);
      memory.write(address + EngineLimits.PAGE_SIZE, content);
      return;
    }
    memory.write(address, content);
  }

  private void keepCode(ObjectId space, ByteBuffer content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(foundCode.getOrDefault(space, new byte[0]));
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    all.writeBytes(bytes);
    foundCode.put(space, all.toByteArray());
  }

  /** The kernel's code as the source had it, empty where none came. */
  public byte[] kernelCode(ObjectId space) {
    return foundCode.getOrDefault(space, new byte[0]);
  }
}
