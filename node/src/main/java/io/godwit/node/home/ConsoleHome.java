package io.godwit.node.home;

import io.godwit.core.GodwitException;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The home's end of a pod's console: puts what comes from wherever the program runs in order, logs
 * it, gives it to all attached clients, and passes on the input of the one that has it. All state
 * is guarded by this object's monitor; clients are called without it.
 */
public final class ConsoleHome implements ConsoleChannel.End, AutoCloseable {
  /** Bytes of output that came too early and wait for what is before them. */
  private static final long EARLY_LIMIT = 4L << 20;

  /** Bytes of input on their way to the program. */
  private static final int INPUT_WINDOW = 64 << 10;

  private final ConsoleLog log;
  private final Map<ConsoleStream, Arriving> streams = new EnumMap<>(ConsoleStream.class);
  private final List<ClientQueue> clients = new ArrayList<>();
  private final Deque<ConsoleMessage.Data> unaccepted = new ArrayDeque<>();
  private @Nullable ConsoleChannel channel;
  private @Nullable ClientQueue inputOwner;
  private @Nullable WindowSize window;
  private long inputEnd;
  private long inputAccepted;
  private boolean inputClosed;
  private boolean closed;

  public ConsoleHome(ConsoleLog log) {
    this.log = log;
    for (ConsoleStream stream : List.of(ConsoleStream.OUTPUT, ConsoleStream.ERROR)) {
      streams.put(stream, new Arriving(log.endOf(stream)));
    }
  }

  /** One stream of output on its way into the log. */
  private static final class Arriving {
    long expected;
    long early;
    long endsAt = -1;
    boolean ended;
    final TreeMap<Long, byte[]> waiting = new TreeMap<>();

    Arriving(long expected) {
      this.expected = expected;
    }
  }

  /** The way to where the program runs now; replaces an earlier one. */
  public synchronized void connect(ConsoleChannel toRelay) {
    channel = toRelay;
    for (ConsoleStream stream : streams.keySet()) {
      acknowledge(stream);
    }
    if (window != null) {
      toRelay.send(new ConsoleMessage.Window(window));
    }
  }

  @Override
  public synchronized void receive(ConsoleMessage message) {
    switch (message) {
      case ConsoleMessage.Data data -> arrived(data);
      case ConsoleMessage.Closed(ConsoleStream stream, long position) -> {
        Arriving arriving = output(stream);
        arriving.endsAt = position;
        endIfComplete(stream, arriving);
      }
      case ConsoleMessage.Accepted(ConsoleStream stream, long position) -> {
        if (stream == ConsoleStream.INPUT) {
          inputAccepted(position);
        }
      }
      case ConsoleMessage.Opened(long position) -> {
        if (inputEnd == 0) {
          inputEnd = position; // the home's daemon was restarted since
        }
        inputAccepted(position);
        resendInput();
      }
      case ConsoleMessage.Window w -> throw unexpected(w);
      case ConsoleMessage.HangUp h -> throw unexpected(h);
    }
  }

  private static GodwitException unexpected(ConsoleMessage message) {
    return new GodwitException(
        HomeError.CONSOLE_DAMAGED,
        "a console message was refused",
        message + " goes from the home to the program, not back",
        "check that both nodes run the same version of Godwit");
  }

  private Arriving output(ConsoleStream stream) {
    Arriving arriving = streams.get(stream);
    if (arriving == null) {
      throw new GodwitException(
          HomeError.CONSOLE_DAMAGED,
          "a console message was refused",
          "it carries the stream " + stream + " from the program",
          "check that both nodes run the same version of Godwit");
    }
    return arriving;
  }

  private void arrived(ConsoleMessage.Data data) {
    Arriving arriving = output(data.stream());
    if (data.position() > arriving.expected) {
      arriving.early += data.bytes().length;
      if (arriving.early > EARLY_LIMIT) {
        arriving.early -= data.bytes().length;
        return; // not accepted, so it is sent again
      }
      byte[] before = arriving.waiting.put(data.position(), data.bytes());
      arriving.early -= before == null ? 0 : before.length;
      return;
    }
    take(data.stream(), arriving, data.position(), data.bytes());
    while (!arriving.waiting.isEmpty() && arriving.waiting.firstKey() <= arriving.expected) {
      Map.Entry<Long, byte[]> next = arriving.waiting.pollFirstEntry();
      arriving.early -= next.getValue().length;
      take(data.stream(), arriving, next.getKey(), next.getValue());
    }
    acknowledge(data.stream());
    endIfComplete(data.stream(), arriving);
  }

  /** Bytes at or before the expected position: what is new of them goes on. */
  private void take(ConsoleStream stream, Arriving arriving, long position, byte[] bytes) {
    long known = arriving.expected - position;
    if (known >= bytes.length) {
      return;
    }
    byte[] fresh =
        known == 0 ? bytes : java.util.Arrays.copyOfRange(bytes, (int) known, bytes.length);
    log.append(stream, arriving.expected, fresh, Instant.now());
    arriving.expected += fresh.length;
    for (ClientQueue client : clients) {
      client.offer(stream, fresh);
    }
    notifyAll();
  }

  /** The program may write more only when the client that has the input keeps up. */
  private synchronized void acknowledge(ConsoleStream stream) {
    if (channel != null && (inputOwner == null || !inputOwner.isBehind())) {
      channel.send(new ConsoleMessage.Accepted(stream, output(stream).expected));
    }
  }

  private void endIfComplete(ConsoleStream stream, Arriving arriving) {
    if (!arriving.ended && arriving.endsAt >= 0 && arriving.expected >= arriving.endsAt) {
      arriving.ended = true;
      clients.forEach(client -> client.end(stream));
      notifyAll();
    }
  }

  /**
   * Attaches a client.
   *
   * @param input whether what it types goes to the program; one client at a time
   * @param fromLog where in the log it begins; {@link Long#MAX_VALUE} for what comes from now on
   */
  public synchronized Attachment attach(ConsoleClient client, boolean input, long fromLog) {
    if (input && inputOwner != null) {
      throw new GodwitException(
          HomeError.INPUT_TAKEN,
          "the console cannot be attached with input",
          "another client has its input",
          "attach without input (--no-stdin), or end the other client");
    }
    ClientQueue queue =
        new ClientQueue(client, () -> streams.keySet().forEach(this::acknowledge), input);
    long at = fromLog;
    while (at < log.end()) {
      List<ConsoleLog.Entry> entries = log.read(at, ConsoleMessage.DATA_LIMIT);
      if (entries.isEmpty()) {
        break;
      }
      entries.forEach(entry -> queue.replay(entry.stream(), entry.bytes()));
      at = entries.getLast().next();
    }
    streams.forEach(
        (stream, arriving) -> {
          if (arriving.ended) {
            queue.end(stream);
          }
        });
    clients.add(queue);
    if (input) {
      inputOwner = queue;
    }
    queue.start();
    return new Attachment(queue);
  }

  /** What an attached client can do. */
  public final class Attachment implements AutoCloseable {
    private final ClientQueue queue;

    private Attachment(ClientQueue queue) {
      this.queue = queue;
    }

    /** Gives input to the program; waits while the program does not take what is under way. */
    public void input(byte[] bytes) throws InterruptedException {
      requireInput(queue);
      for (int at = 0; at < bytes.length; at += INPUT_WINDOW) {
        send(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + INPUT_WINDOW)));
      }
    }

    /** No more input will come: the program reads an end of file. */
    public void endInput() {
      requireInput(queue);
      closeInput();
    }

    /** The client's window has this size now. */
    public void window(WindowSize size) {
      requireInput(queue);
      resize(size);
    }

    /** Nobody reads this stream any more; the program notices when it writes. */
    public void closeOutput(ConsoleStream stream) {
      closeReader(stream);
    }

    /** The client's terminal is gone, and the program's with it. */
    public void hangUp() {
      hangUpProgram();
    }

    /** Detaches; the program goes on. */
    @Override
    public void close() {
      detach(queue);
    }
  }

  private synchronized void requireInput(ClientQueue queue) {
    if (inputOwner != queue) {
      throw new IllegalStateException("this client has no input");
    }
  }

  private synchronized void send(byte[] bytes) throws InterruptedException {
    while (!closed && inputEnd - inputAccepted + bytes.length > INPUT_WINDOW) {
      wait();
    }
    if (closed || inputClosed) {
      return;
    }
    ConsoleMessage.Data data = new ConsoleMessage.Data(ConsoleStream.INPUT, inputEnd, bytes);
    unaccepted.add(data);
    inputEnd += bytes.length;
    if (channel != null) {
      channel.send(data);
    }
  }

  private synchronized void closeInput() {
    inputClosed = true;
    if (channel != null) {
      channel.send(new ConsoleMessage.Closed(ConsoleStream.INPUT, inputEnd));
    }
  }

  private void inputAccepted(long position) {
    inputAccepted = Math.max(inputAccepted, Math.min(position, inputEnd));
    while (!unaccepted.isEmpty() && endOf(unaccepted.getFirst()) <= inputAccepted) {
      unaccepted.removeFirst();
    }
    notifyAll();
  }

  private static long endOf(ConsoleMessage.Data data) {
    return data.position() + data.bytes().length;
  }

  private void resendInput() {
    if (channel == null) {
      return;
    }
    for (ConsoleMessage.Data data : unaccepted) {
      channel.send(data);
    }
    if (inputClosed) {
      channel.send(new ConsoleMessage.Closed(ConsoleStream.INPUT, inputEnd));
    }
  }

  private synchronized void resize(WindowSize size) {
    window = size;
    if (channel != null) {
      channel.send(new ConsoleMessage.Window(size));
    }
  }

  private synchronized void closeReader(ConsoleStream stream) {
    if (channel != null) {
      channel.send(new ConsoleMessage.Closed(stream, output(stream).expected));
    }
  }

  private synchronized void hangUpProgram() {
    if (channel != null) {
      channel.send(new ConsoleMessage.HangUp());
    }
  }

  private synchronized void detach(ClientQueue queue) {
    clients.remove(queue);
    queue.stop();
    if (inputOwner == queue) {
      inputOwner = null;
      streams.keySet().forEach(this::acknowledge);
    }
  }

  /** No input will ever come: the program reads an end of file. */
  public void endInput() {
    closeInput();
  }

  /** Waits until that much of each stream is here; false when the time is over first. */
  public synchronized boolean awaitOutput(long outputEnd, long errorEnd, long timeoutMillis)
      throws InterruptedException {
    long end = System.nanoTime() + timeoutMillis * 1_000_000L;
    while (output(ConsoleStream.OUTPUT).expected < outputEnd
        || output(ConsoleStream.ERROR).expected < errorEnd) {
      long left = (end - System.nanoTime()) / 1_000_000L;
      if (left <= 0 || closed) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Where the log ends now. */
  public synchronized long logEnd() {
    return log.end();
  }

  /** Records of the log from a place on; see {@link ConsoleLog#read}. */
  public synchronized List<ConsoleLog.Entry> readLog(long from, int atMost) {
    return log.read(from, atMost);
  }

  /** Waits until all streams have ended; false when the time is over first. */
  public synchronized boolean awaitEnded(long timeoutMillis) throws InterruptedException {
    long end = System.nanoTime() + timeoutMillis * 1_000_000L;
    while (!streams.values().stream().allMatch(arriving -> arriving.ended)) {
      long left = (end - System.nanoTime()) / 1_000_000L;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Detaches all clients and closes the log. */
  @Override
  public synchronized void close() {
    closed = true;
    clients.forEach(ClientQueue::stop);
    clients.clear();
    log.close();
    notifyAll();
  }
}
