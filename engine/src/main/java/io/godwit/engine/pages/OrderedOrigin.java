package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.image.ObjectId;
import io.godwit.linux.StandbyThreads;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Answers requests for pages in order, urgent ones first. One thread reads and answers. */
public final class OrderedOrigin implements PageOrigin {
  private final PriorityBlockingQueue<Request> queue = new PriorityBlockingQueue<>();
  private final AtomicLong sequence = new AtomicLong();
  private final Reader reader;
  private final Answers answers;
  private final Thread thread;

  /** Where the pages are. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Gives out pages, all that are in the range. A failure ends the origin: what it serves counts
     * as lost.
     */
    void read(ObjectId space, AddressRange range, Answers to);
  }

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

  /** Begins to answer. */
  public OrderedOrigin(Reader reader, Answers answers) {
    this.reader = reader;
    this.answers = answers;
    this.thread = StandbyThreads.start("godwit-origin", this::work);
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
        reader.read(request.space(), request.range(), answers);
        answers.answered(request.space(), request.range(), request.urgency() == Urgency.FAULT);
      } catch (RuntimeException e) {
        answers.lost("pages " + request.range() + " cannot be read: " + e.getMessage());
        return;
      }
    }
  }

  /** Stops after the request that is being answered, for which this does not wait. */
  public void end() {
    queue.add(new Request(new ObjectId(Integer.MAX_VALUE), new AddressRange(0, 0), Urgency.END, 0));
  }

  /** Stops serving; requests that wait are forgotten. */
  @Override
  public void close() {
    end();
    if (!Thread.currentThread().equals(thread)) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
