package io.godwit.node.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.core.control.CheckpointSpec;
import io.godwit.core.control.ControlError;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.Fields;
import io.godwit.core.control.Frame;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.MoveView;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.PodName;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RestartSpec;
import io.godwit.core.control.RunSpec;
import io.godwit.core.control.SignalNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Checks a request, calls the operation it asks for, and makes a message of the result. */
final class RequestHandler {
  private static final long MAX_TOKEN_SECONDS = Duration.ofDays(30).toSeconds();
  private static final int MAX_ADDRESS = 300;
  private static final int PID_MAX = 1 << 22;

  private final NodeOperations operations;
  private final Caller caller;
  private final Conversation conversation;

  RequestHandler(NodeOperations operations, Caller caller, Conversation conversation) {
    this.operations = operations;
    this.caller = caller;
    this.conversation = conversation;
  }

  JsonObject handle(Method method, JsonObject params) throws IOException, InterruptedException {
    Fields fields = Fields.of(params, "request '" + method.wireName() + "'");
    return switch (method) {
      case SELF -> operations.self().toJson();
      case NODES -> nodes();
      case PROCESSES -> processes(fields.flag("dependencies"));
      case RUN -> run(params, fields);
      case ADOPT -> adopt(fields);
      case MIGRATE -> migrate(params);
      case SIGNAL -> {
        int signal = (int) fields.number("signal", 0, SignalNumber.MAX);
        operations.signal(own(fields), signal);
        yield new JsonObject();
      }
      case WAIT -> await(own(fields));
      case LOGS -> logs(fields);
      case ATTACH -> new ConsoleRelay(conversation).attach(operations, own(fields), fields);
      case CHECKPOINT -> checkpoint(params);
      case RESTART -> {
        requireRoot("restart an image");
        yield operations.restart(RestartSpec.of(params)).toJson();
      }
      case INIT -> {
        requireRoot("make a cluster");
        yield operations.createCluster(clusterName(fields)).toJson();
      }
      case TOKEN -> {
        requireRoot("make a token");
        long seconds = fields.number("validSeconds", 1, MAX_TOKEN_SECONDS);
        yield operations.createToken(Duration.ofSeconds(seconds)).toJson();
      }
      case JOIN -> {
        requireRoot("join a cluster");
        yield operations
            .join(fields.text("address", MAX_ADDRESS), fields.text("token", JoinToken.MAX_TOKEN))
            .toJson();
      }
      case PROFILE -> scheduling().profile(fields);
      case MOVES -> moves();
      case METRICS -> {
        JsonObject result = new JsonObject();
        result.addProperty("text", operations.metrics());
        yield result;
      }
      case EXPLAIN -> scheduling().explain(fields);
      case ADMINISTER -> scheduling().administer(fields);
      case SUBMIT -> new JobRequests(operations, caller).submit(params);
      case JOBS -> new JobRequests(operations, caller).jobs(fields);
      case JOB -> new JobRequests(operations, caller).act(fields);
      case QUEUES -> new JobRequests(operations, caller).queues();
    };
  }

  private SchedulingRequests scheduling() {
    return new SchedulingRequests(operations, caller, conversation);
  }

  private JsonObject nodes() {
    JsonArray nodes = new JsonArray();
    for (NodeView node : operations.nodes()) {
      nodes.add(node.toJson());
    }
    JsonObject result = new JsonObject();
    result.add("nodes", nodes);
    operations.registry().ifPresent(registry -> result.add("registry", registry.toJson()));
    return result;
  }

  private JsonObject processes(boolean dependencies) {
    JsonArray processes = new JsonArray();
    for (ProcessView process : operations.processes(dependencies)) {
      if (caller.mayActOn(process.uid())) {
        processes.add(process.toJson());
      }
    }
    JsonObject result = new JsonObject();
    result.add("processes", processes);
    return result;
  }

  private JsonObject moves() {
    Set<String> theirs = new HashSet<>();
    for (ProcessView process : operations.processes(false)) {
      if (caller.mayActOn(process.uid())) {
        theirs.add(process.name());
      }
    }
    JsonArray moves = new JsonArray();
    for (MoveView move : operations.moves()) {
      if (caller.isRoot() || theirs.contains(move.process())) {
        moves.add(move.toJson());
      }
    }
    JsonObject result = new JsonObject();
    result.add("moves", moves);
    return result;
  }

  private JsonObject run(JsonObject params, Fields fields)
      throws IOException, InterruptedException {
    RunSpec spec = RunSpec.of(params);
    if (spec.user() != null
        && !caller.isRoot()
        && !spec.user().equals(caller.user())
        && !spec.user().equals(Integer.toUnsignedString(caller.uid()))) {
      throw new GodwitException(
          ControlError.ROOT_ONLY,
          "'" + spec.arguments().getFirst() + "' was not started",
          "only root runs programs as another user, you are " + caller.user(),
          "leave out --user, or use sudo");
    }
    ProcessView process = operations.run(caller, spec);
    if (!fields.flag("attach")) {
      return process.toJson();
    }
    return new ConsoleRelay(conversation).attach(operations, process, true);
  }

  private JsonObject adopt(Fields fields) {
    Pid pid = new Pid((int) fields.number("pid", 1, PID_MAX));
    String name = fields.optionalText("name", ControlLimits.MAX_NAME);
    if (name != null && !PodName.isValid(name)) {
      throw fields.bad("name", "'" + name + "' is no name for a pod");
    }
    int owner;
    try {
      owner = (int) Files.getAttribute(Path.of("/proc", pid.toString()), "unix:uid");
    } catch (IOException e) {
      throw new GodwitException(
          ControlError.NO_SUCH_PROCESS,
          "process " + pid + " was not adopted",
          "there is no such process on this node",
          "look for it with: ps -e",
          e);
    }
    requireOwner("process " + pid, owner);
    return operations.adopt(caller, pid, name).toJson();
  }

  private JsonObject migrate(JsonObject params) throws InterruptedException {
    MigrateSpec spec = MigrateSpec.of(params);
    ProcessView process = own(spec.what());
    return operations
        .migrate(process, node(spec.to()), spec.strategy(), spec.wishes(), conversation.progress())
        .toJson();
  }

  static NodeId node(String name) {
    try {
      return new NodeId(name);
    } catch (IllegalArgumentException e) {
      throw new GodwitException(
          ControlError.BAD_VALUE,
          "there is no node '" + name + "'",
          String.valueOf(e.getMessage()),
          "list the nodes with: godwit nodes",
          e);
    }
  }

  private JsonObject await(ProcessView process) throws InterruptedException {
    Thread waiter = Thread.currentThread();
    conversation.listen(
        new Conversation.InputListener() {
          @Override
          public void said(Frame frame) {
            // A waiting client has nothing to say.
          }

          @Override
          public void gone() {
            waiter.interrupt();
          }
        });
    return operations.await(process).toJson();
  }

  private JsonObject logs(Fields fields) throws InterruptedException {
    long tail = fields.number("tailBytes", 0, Long.MAX_VALUE, Long.MAX_VALUE);
    return new ConsoleRelay(conversation)
        .logs(operations, own(fields), fields.flag("follow"), tail);
  }

  private JsonObject checkpoint(JsonObject params) throws InterruptedException {
    CheckpointSpec spec = CheckpointSpec.of(params);
    ProcessView process = own(spec.what());
    if (!caller.isRoot()) {
      // The daemon writes as root: a path of the caller's choice would let it write anywhere.
      throw new GodwitException(
          ControlError.ROOT_ONLY,
          "'" + process.name() + "' was not checkpointed",
          "only root writes images through the daemon",
          "use sudo");
    }
    return operations.checkpoint(process, spec, conversation.progress()).toJson();
  }

  private static String clusterName(Fields fields) {
    String name = fields.text("name", ControlLimits.MAX_NAME);
    if (!PodName.isValid(name)) {
      throw fields.bad("name", "'" + name + "' is no name for a cluster");
    }
    return name;
  }

  private ProcessView own(Fields fields) {
    return own(fields.text("what", ControlLimits.MAX_NAME));
  }

  private ProcessView own(String what) {
    ProcessView process = operations.find(what);
    requireOwner("'" + what + "'", process.uid());
    return process;
  }

  private void requireOwner(String what, int ownerUid) {
    if (!caller.mayActOn(ownerUid)) {
      throw new GodwitException(
          ControlError.NOT_OWNER,
          what + " was left alone",
          "it belongs to user " + Integer.toUnsignedString(ownerUid) + ", you are " + caller.user(),
          "act on your own processes (godwit ps), or use sudo");
    }
  }

  private void requireRoot(String action) {
    if (!caller.isRoot()) {
      throw new GodwitException(
          ControlError.ROOT_ONLY,
          "the request was refused",
          "only root may " + action + ", you are " + caller.user(),
          "use sudo");
    }
  }
}
