package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.image.ObjectId;
import io.godwit.linux.RemoteMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Serves pages of processes that stand frozen on this machine, urgent requests first. One thread
 * reads and answers. The processes must stay as they are until this is closed.
 */
public final class FrozenOrigin implements PageOrigin {
  private final Map<ObjectId, RemoteMemory> memories;
  private final PriorityBlockingQueue<Request> queue = new PriorityBlockingQueue<>();
  private final AtomicLong sequence = new AtomicLong();
  private final PageReader reader = new PageReader();
  private final Answers answers;
  private final Thread thread;

  private enum Urgency {
    END,
    FAULT,
    BACKGROUND
  }

  private record Request(ObjectId space, AddressRange range, Urgency urgency, long number)
      implements Comparable<Request> {
    @Override
    public int compareTo(Request other) {
      int byUrgency = urgency.compareTo(other.urgency);
      return byUrgency != 0 ? byUrgency : Long.compare(number, other.number);
    }
  }

  /**
   * @param memories of the frozen processes, by address space of the final image
   */
  public FrozenOrigin(Map<ObjectId, RemoteMemory> memories, Answers answers) {
    this.memories = Map.copyOf(memories);
    this.answers = answers;
    this.thread = Thread.ofPlatform().name("godwit-origin").daemon(true).start(this::work);
  }

  /** Over processes of this machine, by address space of the final image. */
  public static FrozenOrigin of(Map<ObjectId, Pid> processes, Answers answers) {
    Map<ObjectId, RemoteMemory> memories = new HashMap<>();
    processes.forEach((space, pid) -> memories.put(space, RemoteMemory.of(pid)));
    return new FrozenOrigin(memories, answers);
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    Urgency urgency = urgent ? Urgency.FAULT : Urgency.BACKGROUND;
    queue.add(new Request(space, range, urgency, sequence.incrementAndGet()));
  }

  private void work() {
    while (true) {
      Request request;
      try {
        request = queue.take();
      } catch (InterruptedException e) {
        answers.lost("the origin was interrupted");
        return;
      }
      if (request.urgency() == Urgency.END) {
        return;
      }
      try {
        answer(request);
      } catch (RuntimeException e) {
        answers.lost("pages " + request.range() + " cannot be read: " + e.getMessage());
        return;
      }
    }
  }

  private void answer(Request request) {
    RemoteMemory memory = memories.get(request.space());
    if (memory == null) {
      throw new IllegalArgumentException("no address space " + request.space());
    }
    reader.send(
        request.space(),
        memory,
        List.of(request.range()),
        (space, address, content) -> answers.arrived(space, address, content));
    answers.answered(request.space(), request.range(), request.urgency() == Urgency.FAULT);
  }

  /** Stops serving; requests that wait are forgotten. */
  @Override
  public void close() {
    queue.add(new Request(new ObjectId(Integer.MAX_VALUE), new AddressRange(0, 0), Urgency.END, 0));
    if (!Thread.currentThread().equals(thread)) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
