package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.image.ObjectId;
import io.godwit.linux.RemoteMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Serves pages of processes that stand frozen on this machine, urgent requests first. The processes
 * must stay as they are until this is closed.
 */
public final class FrozenOrigin implements PageOrigin {
  private final Map<ObjectId, RemoteMemory> memories;
  private final PageReader reader = new PageReader();
  private final OrderedOrigin requests;

  /**
   * @param memories of the frozen processes, by address space of the final image
   */
  public FrozenOrigin(Map<ObjectId, RemoteMemory> memories, Answers answers) {
    this.memories = Map.copyOf(memories);
    this.requests = new OrderedOrigin(this::read, answers);
  }

  /** Over processes of this machine, by address space of the final image. */
  public static FrozenOrigin of(Map<ObjectId, Pid> processes, Answers answers) {
    Map<ObjectId, RemoteMemory> memories = new HashMap<>();
    processes.forEach((space, pid) -> memories.put(space, RemoteMemory.of(pid)));
    return new FrozenOrigin(memories, answers);
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    requests.request(space, range, urgent);
  }

  private void read(ObjectId space, AddressRange range, Answers to) {
    RemoteMemory memory = memories.get(space);
    if (memory == null) {
      throw new IllegalArgumentException("no address space " + space);
    }
    reader.send(space, memory, List.of(range), to::arrived);
  }

  /** Stops serving; requests that wait are forgotten. */
  @Override
  public void close() {
    requests.close();
  }
}
