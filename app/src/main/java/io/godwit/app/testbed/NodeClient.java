package io.godwit.app.testbed;

import com.google.gson.JsonObject;
import io.godwit.cli.ControlClient;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.ControlChannel;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Frame;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RunSpec;
import io.godwit.simulator.Profiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the daemon of one node of a testbed, as the commands do. Safe from any thread. */
public final class NodeClient {
  private static final int TOKEN_SECONDS = 300;
  private static final int KNOWN_SECONDS = 30;
  private static final int POLL_MILLIS = 20;

  private final TestNode node;

  public NodeClient(TestNode node) {
    this.node = node;
  }

  public TestNode node() {
    return node;
  }

  /** Starts a program that is not attached to anybody. */
  public ProcessView run(RunSpec program) {
    return ProcessView.of(ask(Method.RUN, program.toJson()));
  }

  /** Starts one that needs nothing of its environment but PATH. */
  public ProcessView start(String name, List<String> command, Path directory) {
    String path = "PATH=" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return run(RunSpec.unattended(name, command, List.of(path), directory.toString()));
  }

  /** Moves a process and waits until it runs there. */
  public MigrationReport migrate(String what, String to, String strategy) {
    return MigrationReport.of(ask(Method.MIGRATE, new MigrateSpec(what, to, strategy).toJson()));
  }

  /** Waits for the end of a process. */
  public ProcessExit await(String what) {
    return ProcessExit.of(ask(Method.WAIT, what(what)));
  }

  public void signal(String what, int signal) {
    JsonObject params = what(what);
    params.addProperty("signal", signal);
    ask(Method.SIGNAL, params);
  }

  /** What the node knows of processes, wherever they are. */
  public List<ProcessView> processes() {
    List<ProcessView> views = new ArrayList<>();
    ask(Method.PROCESSES, new JsonObject())
        .getAsJsonArray("processes")
        .forEach(each -> views.add(ProcessView.of(each.getAsJsonObject())));
    return views;
  }

  /** Has all nodes of the cluster use a profile that comes with Godwit. */
  public void useProfile(String name) {
    JsonObject params = new JsonObject();
    params.addProperty("name", name);
    params.addProperty("text", Profiles.text(name));
    ask(Method.PROFILE, params);
  }

  /** Makes a cluster of this node. */
  public void init(String cluster) {
    JsonObject params = new JsonObject();
    params.addProperty("name", cluster);
    ask(Method.INIT, params);
  }

  /** Takes this node into the cluster of another. */
  public void join(NodeClient member) {
    JsonObject valid = new JsonObject();
    valid.addProperty("validSeconds", TOKEN_SECONDS);
    JoinToken token = JoinToken.of(member.ask(Method.TOKEN, valid));
    JsonObject params = new JsonObject();
    params.addProperty("address", token.address());
    params.addProperty("token", token.token());
    ask(Method.JOIN, params);
  }

  /** Waits until the node knows so many nodes, itself among them. */
  public void awaitNodes(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(KNOWN_SECONDS);
    while (ask(Method.NODES, new JsonObject()).getAsJsonArray("nodes").size() < count) {
      if (System.nanoTime() > end) {
        throw cut("after " + KNOWN_SECONDS + " s it does not know all " + count + " nodes");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw cut("it was interrupted");
      }
    }
  }

  /** All that a process has written so far to its output, without its errors. */
  public byte[] output(String what) {
    JsonObject params = what(what);
    params.addProperty("follow", false);
    params.addProperty("tailBytes", Long.MAX_VALUE);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(node.controlSocket()));
      ControlChannel channel = new ControlChannel(socket);
      channel.send(
          new ControlMessage.Request(ControlLimits.VERSION, Method.LOGS.wireName(), params));
      while (true) {
        switch (channel.read()) {
          case null -> throw cut("it closed the connection");
          case Frame.Data data -> {
            if (data.stream() == ConsoleStream.OUTPUT) {
              byte[] bytes = new byte[data.bytes().remaining()];
              data.bytes().get(bytes);
              output.writeBytes(bytes);
            }
          }
          case Frame.Message(JsonObject json) -> {
            switch (ControlMessage.of(json)) {
              case ControlMessage.Result result -> {
                return output.toByteArray();
              }
              case ControlMessage.Failure failure -> throw failure.exception();
              default -> {}
            }
          }
        }
      }
    } catch (IOException e) {
      throw cut(String.valueOf(e.getMessage()));
    }
  }

  private GodwitException cut(String why) {
    return new GodwitException(
        TestbedError.NOT_READY,
        "the node " + node.name() + " did not answer",
        why + "; its daemon printed: " + node.tail(),
        "look whether its daemon still runs");
  }

  private static JsonObject what(String name) {
    JsonObject params = new JsonObject();
    params.addProperty("what", name);
    return params;
  }

  private JsonObject ask(Method method, JsonObject params) {
    try (ControlClient client = ControlClient.connect(node.controlSocket())) {
      return client.ask(method, params);
    }
  }
}
