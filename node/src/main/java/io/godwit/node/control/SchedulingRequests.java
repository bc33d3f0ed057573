package io.godwit.node.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.ControlError;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.Fields;
import io.godwit.core.control.NodeAction;
import io.godwit.core.control.ProfileView;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** The requests about scheduling, checked and carried out. */
final class SchedulingRequests {
  private static final int MOST_DECISIONS = 100_000;
  private static final long MAX_WAIT_MILLIS = Duration.ofDays(30).toMillis();

  private final NodeOperations operations;
  private final Caller caller;
  private final Conversation conversation;

  SchedulingRequests(NodeOperations operations, Caller caller, Conversation conversation) {
    this.operations = operations;
    this.caller = caller;
    this.conversation = conversation;
  }

  JsonObject profile(Fields fields) {
    String text = fields.optionalText("text", ProfileView.MAX_TEXT);
    if (text == null) {
      return operations.scheduling().profile().toJson();
    }
    requireRoot("choose a scheduling profile");
    String name = fields.text("name", ControlLimits.MAX_NAME);
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw fields.bad("name", "'" + name + "' is no name for a profile");
    }
    return operations.scheduling().use(name, text).toJson();
  }

  JsonObject explain(Fields fields) {
    String what = fields.optionalText("what", ControlLimits.MAX_NAME);
    if (what == null) {
      requireRoot("see all decisions");
    } else if (!caller.isRoot() && !caller.mayActOn(operations.find(what).uid())) {
      throw new GodwitException(
          ControlError.NOT_OWNER,
          "the decisions about '" + what + "' were not told",
          "it belongs to another user, you are " + caller.user(),
          "ask about your own processes (godwit ps), or use sudo");
    }
    int most = (int) fields.number("most", 0, MOST_DECISIONS, 0);
    JsonArray decisions = new JsonArray();
    operations
        .scheduling()
        .explain(what == null ? "" : what, most)
        .forEach(each -> decisions.add(each.toJson()));
    JsonObject result = new JsonObject();
    result.add("decisions", decisions);
    return result;
  }

  JsonObject administer(Fields fields) throws InterruptedException {
    requireRoot("drain a node or speak for its owner");
    String word = fields.text("action", ControlLimits.MAX_NAME);
    NodeAction action = NodeAction.of(word);
    if (action == null) {
      throw fields.bad("action", "'" + word + "' is unknown");
    }
    String name = fields.optionalText("node", ControlLimits.MAX_NAME);
    long wait = fields.number("waitMillis", 0, MAX_WAIT_MILLIS, 0);
    AtomicBoolean gone = new AtomicBoolean();
    return operations
        .scheduling()
        .administer(
            name == null ? new NodeId(operations.self().name()) : RequestHandler.node(name),
            action,
            Duration.ofMillis(wait),
            news -> tell(news, gone))
        .toJson();
  }

  private void tell(DrainView news, AtomicBoolean gone) {
    if (!gone.get()) {
      try {
        conversation.channel().send(new ControlMessage.Event(DrainView.KIND, news.toJson()));
      } catch (IOException left) {
        gone.set(true);
      }
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
