package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Frame;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.SignalNumber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An attached console: what is typed goes to the program, what it prints comes here, signals are
 * passed on, and the session ends with the program or with the detach keys.
 */
final class ConsoleSession {
  private static final int INPUT_BYTES = 64 << 10;
  private static final List<String> FORWARDED =
      List.of("INT", "TERM", "HUP", "USR1", "CONT", "TSTP", "WINCH");
  private static final int SIGPIPE = 13;

  private final CommandIo io;
  private final ControlClient client;
  private final boolean terminal;
  private final boolean input;
  private final ConsoleOutput output;
  private final AtomicBoolean detached = new AtomicBoolean();
  private @Nullable ProcessView process;

  /** How a session ended: the exit, or null where the program goes on without us. */
  record End(@Nullable ProcessView process, @Nullable ProcessExit exit) {}

  /**
   * @param terminal whether the program's console is a terminal, and ours shall be raw
   * @param input whether standard input is passed on
   */
  ConsoleSession(CommandIo io, ControlClient client, boolean terminal, boolean input) {
    this.io = io;
    this.client = client;
    this.terminal = terminal;
    this.input = input;
    output = new ConsoleOutput(io, false);
  }

  /** Sends the request that attaches and relays until the end. */
  End run(Method method, JsonObject params) {
    try {
      client.begin(method, params);
      ControlMessage.Event attached = awaitAttached();
      process = ProcessView.of(attached.data());
      try (RawTerminal raw = terminal ? RawTerminal.enter() : RawTerminal.none();
          SignalCatcher signals = new SignalCatcher(FORWARDED, this::forward)) {
        if (input) {
          Thread.ofPlatform().daemon().name("godwit-stdin").start(this::pumpInput);
        }
        return new End(process, relay());
      }
    } catch (IOException e) {
      if (detached.get()) {
        return new End(process, null);
      }
      throw client.gone(e);
    }
  }

  private ControlMessage.Event awaitAttached() throws IOException {
    while (true) {
      if (client.read() instanceof Frame.Message(JsonObject json)) {
        switch (ControlMessage.of(json)) {
          case ControlMessage.Failure failure -> throw failure.exception();
          case ControlMessage.Event event when event.kind().equals("attached") -> {
            return event;
          }
          case ControlMessage.Event other -> {
            // An event that a later release may send.
          }
          default -> throw ControlClient.confused();
        }
      }
    }
  }

  private @Nullable ProcessExit relay() throws IOException {
    boolean readerGone = false;
    while (true) {
      Frame frame = client.channel().read();
      if (frame == null) {
        if (detached.get()) {
          return null;
        }
        throw client.gone(null);
      }
      switch (frame) {
        case Frame.Data(ConsoleStream stream, ByteBuffer bytes) -> {
          if (!readerGone && !output.tryWrite(stream, bytes)) {
            // As a pipe would do: the program learns that nobody reads what it prints.
            readerGone = true;
            signal(SIGPIPE);
          }
        }
        case Frame.Message(JsonObject json) -> {
          switch (ControlMessage.of(json)) {
            case ControlMessage.Result(JsonObject data) -> {
              return data.has("status") ? ProcessExit.of(data) : null;
            }
            case ControlMessage.Failure failure -> throw failure.exception();
            default -> {
              // An event that a later release may send.
            }
          }
        }
      }
    }
  }

  private void pumpInput() {
    DetachKeys keys = new DetachKeys();
    byte[] buffer = new byte[INPUT_BYTES];
    try {
      for (int got = io.in().read(buffer); got >= 0; got = io.in().read(buffer)) {
        ByteBuffer typed = terminal ? keys.pass(buffer, got) : ByteBuffer.wrap(buffer, 0, got);
        client.channel().send(ConsoleStream.INPUT, typed);
        if (keys.detached()) {
          detached.set(true);
          client.channel().close();
          return;
        }
      }
      client.channel().sendEnd(ConsoleStream.INPUT);
    } catch (IOException e) {
      // Either the session has ended, or our standard input failed: the program reads no more.
      endInput();
    }
  }

  private void endInput() {
    try {
      client.channel().sendEnd(ConsoleStream.INPUT);
    } catch (IOException e) {
      // The session has ended.
    }
  }

  private void forward(String name) {
    try {
      if (name.equals("WINCH")) {
        if (terminal) {
          client
              .channel()
              .send(new ControlMessage.Input("resize", RawTerminal.windowSize().toJson()));
        }
      } else {
        signal(SignalNumber.parse(name).orElseThrow());
      }
    } catch (IOException e) {
      // The session has ended, and the command with it.
    }
  }

  private void signal(int number) throws IOException {
    JsonObject data = new JsonObject();
    data.addProperty("number", number);
    client.channel().send(new ControlMessage.Input("signal", data));
  }
}
