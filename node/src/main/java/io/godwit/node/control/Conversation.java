package io.godwit.node.control;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlChannel;
import io.godwit.core.control.ControlError;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.ControlMessage.Request;
import io.godwit.core.control.Frame;
import io.godwit.core.control.Method;
import io.godwit.core.control.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection: reads its request, has it carried out, and sends what comes of it. */
final class Conversation implements Closeable {
  /** Within this time a client has to say what it wants. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private final ControlChannel channel;
  private final NodeOperations operations;
  private final String threadName;
  private final AtomicBoolean requestRead = new AtomicBoolean();
  private volatile boolean clientGone;

  Conversation(ControlChannel channel, NodeOperations operations, String threadName) {
    this.channel = channel;
    this.operations = operations;
    this.threadName = threadName;
  }

  void start(Runnable atEnd) {
    Thread handler =
        Thread.ofVirtual()
            .name(threadName)
            .unstarted(
                () -> {
                  try {
                    converse();
                  } finally {
                    close();
                    atEnd.run();
                  }
                });
    handler.start();
    Thread.ofVirtual().name(threadName + "-deadline").start(() -> enforceDeadline(handler));
  }

  private void enforceDeadline(Thread handler) {
    try {
      if (!handler.join(REQUEST_TIMEOUT) && !requestRead.get()) {
        close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void converse() {
    try {
      try {
        Request request = readRequest();
        if (request != null) {
          JsonObject result = carryOut(request);
          channel.send(new ControlMessage.Result(result));
        }
      } catch (GodwitException e) {
        channel.send(ControlMessage.Failure.of(e));
      } catch (InterruptedException e) {
        // The client went away while it was waited for: nobody is left to tell.
        close();
      } catch (RuntimeException e) {
        channel.send(ControlMessage.Failure.of(internal(e)));
      }
    } catch (IOException e) {
      clientGone = true; // nobody is left to tell
    }
  }

  private @Nullable Request readRequest() throws IOException {
    Frame frame = channel.read();
    requestRead.set(true);
    if (frame == null) {
      return null;
    }
    if (frame instanceof Frame.Message(JsonObject json)
        && ControlMessage.of(json) instanceof Request request) {
      if (request.version() != ControlLimits.VERSION) {
        throw new GodwitException(
            ControlError.VERSION,
            "the request was refused",
            "it is of protocol version "
                + request.version()
                + ", this daemon speaks "
                + ControlLimits.VERSION,
            "use the command and the daemon of one release: godwit version");
      }
      return request;
    }
    throw new GodwitException(
        ControlError.BAD_MESSAGE,
        "the connection was refused",
        "it did not begin with a request",
        "use the godwit command");
  }

  private JsonObject carryOut(Request request) throws IOException, InterruptedException {
    Method method = Method.of(request.method());
    if (method == null) {
      throw new GodwitException(
          ControlError.UNKNOWN_METHOD,
          "the request was refused",
          "this daemon does not know '" + request.method() + "'",
          "update the daemon to the command's release: godwit version");
    }
    Caller caller = PeerCredentials.of(channel.socket());
    return new RequestHandler(operations, caller, this).handle(method, request.params());
  }

  private static GodwitException internal(RuntimeException e) {
    StackTraceElement[] trace = e.getStackTrace();
    return new GodwitException(
        ControlError.INTERNAL,
        "the daemon failed",
        e + (trace.length == 0 ? "" : " at " + trace[0]),
        "this is a defect of Godwit: report it with this text",
        e);
  }

  /** The connection, for operations that go on. */
  ControlChannel channel() {
    return channel;
  }

  /** A progress listener that gives up quietly when the client has gone. */
  Consumer<Progress> progress() {
    return progress -> {
      if (!clientGone) {
        try {
          channel.send(new ControlMessage.Event(Progress.KIND, progress.toJson()));
        } catch (IOException e) {
          clientGone = true;
        }
      }
    };
  }

  /** Reads what the client says from now on, in a thread of its own, until it goes. */
  void listen(InputListener listener) {
    Thread.ofVirtual().name(threadName + "-input").start(() -> listenUntilGone(listener));
  }

  private void listenUntilGone(InputListener listener) {
    try {
      for (Frame frame = channel.read(); frame != null; frame = channel.read()) {
        listener.said(frame);
      }
    } catch (IOException | GodwitException e) {
      // A client that speaks garbage is treated as one that went away.
    } finally {
      clientGone = true;
      listener.gone();
    }
  }

  /** Told what a client says after its request. */
  interface InputListener {
    void said(Frame frame) throws IOException;

    void gone();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      clientGone = true; // closed all the same
    }
  }
}
