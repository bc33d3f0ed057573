package io.godwit.app.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.app.Main;
import io.godwit.cli.CommandIo;
import io.godwit.core.control.ControlChannel;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.ControlMessage.Request;
import io.godwit.core.control.Frame;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessView;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The rehearsal for the AOT cache: plays the usual client commands against a socket that answers
 * with a made-up listing, so that the JVM records which classes they load and how they are linked.
 */
public final class ClientTraining {
  private ClientTraining() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("godwit-rehearsal");
    Path socket = directory.resolve("control.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().daemon().name("rehearsal").start(() -> serve(listener));
      CommandIo io = Main.standardIo();
      for (List<String> line : lines(socket.toString())) {
        Main.run(line.toArray(new String[0]), io);
      }
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
    }
  }

  private static List<List<String>> lines(String socket) {
    return List.of(
        List.of("ps", "--socket", socket),
        List.of("ps", "--json", "--socket", socket),
        List.of("ps", "--help"),
        List.of("ps", "--no-such-option"),
        List.of("ps", "--socket", "/nonexistent/godwit"),
        List.of("nodes", "--socket", socket),
        List.of("--help"));
  }

  private static void serve(ServerSocketChannel listener) {
    while (listener.isOpen()) {
      try (SocketChannel client = listener.accept();
          ControlChannel channel = new ControlChannel(client)) {
        if (channel.read() instanceof Frame.Message(JsonObject json)
            && ControlMessage.of(json) instanceof Request request) {
          channel.send(new ControlMessage.Result(answer(request)));
        }
      } catch (IOException e) {
        return; // the rehearsal is over
      }
    }
  }

  private static JsonObject answer(Request request) {
    JsonArray items = new JsonArray();
    JsonObject result = new JsonObject();
    if (request.method().equals("nodes")) {
      items.add(
          new NodeView(
                  "alpha",
                  "127.0.0.1:7171",
                  "flock",
                  NodeView.State.READY,
                  "",
                  true,
                  "0",
                  "6.18",
                  "x86_64",
                  2,
                  0.5,
                  1L << 34,
                  1L << 33,
                  1,
                  0.1,
                  0,
                  0,
                  new NodeView.Pressure(0, 0, 0),
                  -1)
              .toJson());
      result.add("nodes", items);
    } else {
      items.add(
          new ProcessView(
                  "job",
                  4711,
                  2,
                  ProcessView.State.RUNNING,
                  "alpha",
                  "alpha",
                  1000,
                  "user",
                  "sleep 1000",
                  1,
                  61_000,
                  1L << 24,
                  3,
                  null,
                  List.of())
              .toJson());
      result.add("processes", items);
    }
    return result;
  }
}
