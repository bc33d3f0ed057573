package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlChannel;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Frame;
import io.godwit.core.control.Method;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The command's end of one control connection. */
public final class ControlClient implements AutoCloseable {
  private final ControlChannel channel;
  private final Path socket;

  private ControlClient(ControlChannel channel, Path socket) {
    this.channel = channel;
    this.socket = socket;
  }

  /** Connects, or says why there is nobody to connect to and how to start a daemon. */
  public static ControlClient connect(Path socket) {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new ControlClient(new ControlChannel(channel), socket);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        closeQuietly(channel);
      }
      throw noConnection(socket, e);
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // It was never connected.
    }
  }

  private static GodwitException noConnection(Path socket, Exception e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("Permission denied")) {
      return new GodwitException(
          CliError.SOCKET_CLOSED_TO_USER,
          "the node's daemon was not asked",
          "you may not open " + socket,
          "ask the administrator to make it accessible, or use sudo",
          e);
    }
    if (e instanceof SocketException && reason.contains("too long")) {
      return new GodwitException(
          CliError.BAD_SOCKET,
          "the node's daemon was not asked",
          "the path of the socket is too long: " + socket,
          "give a path below 108 bytes with --socket or GODWIT_SOCKET",
          e);
    }
    String why =
        Files.exists(socket) ? "nobody answers on " + socket : "there is no socket " + socket;
    return new GodwitException(
        CliError.NO_DAEMON,
        "no daemon runs on this node",
        why,
        "start it with: sudo godwit node   (elsewhere: --socket FILE or GODWIT_SOCKET)",
        e);
  }

  /** Sends the request; the answers come through {@link #read}. */
  void begin(Method method, JsonObject params) throws IOException {
    channel.send(new ControlMessage.Request(ControlLimits.VERSION, method.wireName(), params));
  }

  /** Sends a request and returns its result; the daemon's refusal is thrown as it is. */
  public JsonObject ask(Method method, JsonObject params) {
    return ask(method, params, event -> {});
  }

  /** As above, with the events on the way. */
  public JsonObject ask(Method method, JsonObject params, Consumer<ControlMessage.Event> events) {
    try {
      begin(method, params);
      while (true) {
        if (read() instanceof Frame.Message(JsonObject json)) {
          switch (ControlMessage.of(json)) {
            case ControlMessage.Result(JsonObject data) -> {
              return data;
            }
            case ControlMessage.Failure failure -> throw failure.exception();
            case ControlMessage.Event event -> events.accept(event);
            default -> throw confused();
          }
        }
      }
    } catch (IOException e) {
      throw gone(e);
    }
  }

  /** The next frame; a closed connection is a failure here. */
  Frame read() throws IOException {
    Frame frame = channel.read();
    if (frame == null) {
      throw gone(null);
    }
    return frame;
  }

  ControlChannel channel() {
    return channel;
  }

  GodwitException gone(@Nullable IOException cause) {
    return new GodwitException(
        CliError.DAEMON_GONE,
        "the daemon did not answer",
        "it closed the connection on " + socket,
        "see whether it still runs: godwit nodes",
        cause);
  }

  static GodwitException confused() {
    return new GodwitException(
        CliError.DAEMON_GONE,
        "the daemon did not answer",
        "it sent a message that only a command sends",
        "check what listens there: godwit version");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // Closed all the same, and everything that mattered has been read.
    }
  }
}
