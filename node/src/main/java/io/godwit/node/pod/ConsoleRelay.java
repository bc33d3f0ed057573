package io.godwit.node.pod;

import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Interest;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.node.home.ConsoleChannel;
import io.godwit.node.home.ConsoleMessage;
import io.godwit.node.home.ConsoleStream;
import io.godwit.node.pod.ConsoleState.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The near end of a pod's console: carries bytes between the program's streams and the home,
 * wherever that is. All work is done by one thread, {@code godwit-console-ID}; what others ask goes
 * through its queue. It owns the pod's streams and closes them.
 *
 * <p>Around a move: {@link #suspend} when the pod is frozen, then either {@link #resume} where the
 * attempt was undone, or {@link #close}. At the destination {@link #restored} before the pod is
 * thawed, {@link #resume} after it.
 */
public final class ConsoleRelay implements ConsoleChannel.End, AutoCloseable {
  /** How often a terminal that nobody has open at the moment is looked at again. */
  private static final int ABSENT_MILLIS = 20;

  private final Pod pod;
  private final Fd wake = FdCalls.wakeUp();
  private final ConcurrentLinkedQueue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final ConsoleOutputs outputs;
  private final ConsoleInput input;
  private final Thread thread;
  private final CompletableFuture<Void> finished = new CompletableFuture<>();
  private @Nullable ConsoleChannel channel;
  private List<Piece> takenBack = List.of();
  private boolean suspended;
  private boolean closing;
  private boolean absent;
  private boolean gone; // guarded by this

  private ConsoleRelay(Pod pod, boolean suspended) {
    this.pod = pod;
    this.suspended = suspended;
    this.outputs = new ConsoleOutputs(pod);
    this.input = new ConsoleInput(pod);
    this.thread =
        Thread.ofPlatform().name("godwit-console-" + pod.id()).daemon().unstarted(this::run);
  }

  /** For a pod that was started or found again here: runs at once. */
  public static ConsoleRelay of(Pod pod) {
    ConsoleRelay relay = new ConsoleRelay(pod, false);
    relay.thread.start();
    return relay;
  }

  /**
   * For a pod that a program is arriving in: puts the unread input and the terminal's attributes
   * where they were, and waits for {@link #resume}.
   */
  public static ConsoleRelay restored(Pod pod, ConsoleState state) {
    ConsoleRelay relay = new ConsoleRelay(pod, true);
    relay.outputs.restore(state);
    relay.input.restore(state.input());
    if (pod.streams() instanceof PodStreams.Terminal(Fd master)) {
      ConsoleState.TerminalState terminal =
          state
              .terminal()
              .orElseThrow(() -> new IllegalArgumentException("the state is of no terminal"));
      TerminalCalls.windowSize(master, terminal.window());
      relay.putBack(state.input().unread(), terminal.attributes());
    } else {
      relay.putBack(state.input().unread(), new byte[0]);
    }
    // Its thread starts when the program runs, not while it stands still.
    return relay;
  }

  /** The way to the home; replaces an earlier one. What the home has not accepted is sent again. */
  public void connect(ConsoleChannel toHome) {
    request(
        () -> {
          channel = toHome;
          toHome.send(new ConsoleMessage.Opened(input.position()));
          outputs.sendAgain(toHome);
        });
  }

  @Override
  public void receive(ConsoleMessage message) {
    synchronized (this) {
      if (!gone) {
        request(() -> handle(message));
      }
    }
  }

  private void handle(ConsoleMessage message) {
    switch (message) {
      case ConsoleMessage.Data data -> input.add(data);
      case ConsoleMessage.Closed(ConsoleStream stream, long position) -> {
        if (stream == ConsoleStream.INPUT) {
          input.close(position);
        } else {
          outputs.closeReader(stream, channel);
        }
      }
      case ConsoleMessage.Accepted(ConsoleStream stream, long position) ->
          outputs.accepted(stream, position, channel);
      case ConsoleMessage.Window(TerminalCalls.WindowSize size) -> {
        if (pod.streams() instanceof PodStreams.Terminal(Fd master)) {
          TerminalCalls.windowSize(master, size);
        }
      }
      case ConsoleMessage.HangUp h -> {
        pod.hangUp();
        input.close(input.position());
        input.hungUp();
      }
      case ConsoleMessage.Opened o -> throw new IllegalArgumentException("sent by relays only");
    }
  }

  /**
   * Takes everything out of the kernel's buffers. Only while the pod is frozen. The state is what
   * the destination's relay begins with; this one stops until {@link #resume}.
   */
  public ConsoleState suspend() throws InterruptedException {
    return ask(
        () -> {
          suspended = true;
          drain();
          Optional<ConsoleState.TerminalState> terminal = Optional.empty();
          List<Piece> unread;
          if (pod.streams() instanceof PodStreams.Terminal(Fd master)) {
            terminal = Optional.of(terminalState(master));
            takenBack = withSlave(slave -> TerminalInput.take(master, slave));
            drain();
            unread = takenBack;
          } else {
            unread = input.unreadInPipe();
          }
          return new ConsoleState(
              terminal,
              outputs.state(ConsoleStream.OUTPUT),
              outputs.state(ConsoleStream.ERROR),
              input.state(unread));
        });
  }

  private void drain() {
    outputs.readAll(channel);
  }

  private ConsoleState.TerminalState terminalState(Fd master) {
    OptionalInt group = TerminalCalls.foregroundGroup(master);
    int podGroup =
        group.isPresent() ? ProcFiles.podPid(new io.godwit.core.Pid(group.getAsInt())) : 0;
    return new ConsoleState.TerminalState(
        TerminalCalls.attributes(master), TerminalCalls.windowSize(master), podGroup);
  }

  private <T> T withSlave(java.util.function.Function<Fd, T> use) {
    String path = "/proc/" + pod.init() + "/root/dev/pts/0";
    Fd slave = FdCalls.open(path, FdCalls.O_RDWR | FdCalls.O_NOCTTY | FdCalls.O_NONBLOCK);
    try {
      return use.apply(slave);
    } finally {
      FdCalls.close(slave);
    }
  }

  private synchronized void begin() {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  /** Goes on, putting back what was taken out where the program stays here. */
  public void resume() throws InterruptedException {
    begin();
    ask(
        () -> {
          if (!takenBack.isEmpty()) {
            byte[] attributes =
                pod.streams() instanceof PodStreams.Terminal(Fd master)
                    ? TerminalCalls.attributes(master)
                    : new byte[0];
            putBack(takenBack, attributes);
            takenBack = List.of();
          }
          suspended = false;
          return true;
        });
  }

  private void putBack(List<Piece> unread, byte[] attributes) {
    if (pod.streams() instanceof PodStreams.Terminal(Fd master)) {
      // The slave is held open: the last close of it would empty the terminal.
      List<Piece> rest = withSlave(slave -> TerminalInput.put(master, unread, attributes));
      input.addFirst(TerminalInput.typed(rest, attributes));
    } else {
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      unread.forEach(piece -> bytes.writeBytes(piece.bytes()));
      input.addFirst(bytes.toByteArray());
      input.writeSome();
    }
  }

  /** Completed when the program's streams have ended and the home has all of them. */
  public CompletableFuture<Void> finished() {
    return finished;
  }

  /** Once the thread has ended there is nobody to do it. */
  private synchronized void request(Runnable request) {
    if (gone) {
      throw new IllegalStateException("the console of pod " + pod.id() + " is closed");
    }
    requests.add(request);
    FdCalls.write(wake, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
  }

  private <T> T ask(Supplier<T> question) throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    request(
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void run() {
    try {
      while (!closing) {
        step();
      }
    } finally {
      synchronized (this) {
        gone = true;
        FdCalls.close(wake);
      }
      Runnable late;
      while ((late = requests.poll()) != null) {
        late.run();
      }
      pod.streams().close();
      finished.complete(null);
    }
  }

  private void step() {
    List<Interest> interests = new ArrayList<>();
    interests.add(new Interest(wake, FdCalls.POLLIN));
    if (!suspended) {
      if (!absent) {
        outputs.addInterests(interests);
      }
      input.addInterest(interests);
    }
    boolean look = absent && !suspended;
    int[] events = FdCalls.poll(interests, look ? ABSENT_MILLIS : -1);
    if (events[0] != 0) {
      FdCalls.read(wake, new byte[8]);
    }
    // First what was asked: the end of the input comes without bytes that would wake us again.
    Runnable request;
    while ((request = requests.poll()) != null) {
      request.run();
    }
    if (!suspended) {
      absent = outputs.readSome(channel);
      boolean took = input.writeSome();
      if (took && channel != null) {
        channel.send(new ConsoleMessage.Accepted(ConsoleStream.INPUT, input.position()));
      }
    }
    if (outputs.complete()) {
      finished.complete(null);
    }
  }

  /** Stops and closes the pod's streams; the program's side stays open in the init. */
  @Override
  public void close() {
    begin();
    synchronized (this) {
      if (!gone) {
        request(() -> closing = true);
      }
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a descriptor's other side is gone; a terminal says so with an error. */
  static int readOrEnd(Fd fd, byte[] into) {
    try {
      return FdCalls.read(fd, into);
    } catch (LinuxException hangUp) {
      return 0;
    }
  }
}
