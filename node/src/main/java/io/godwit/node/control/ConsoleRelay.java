package io.godwit.node.control;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Fields;
import io.godwit.core.control.Frame;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.SignalNumber;
import io.godwit.core.control.WindowSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Connects a conversation with a console. */
final class ConsoleRelay {
  private final Conversation conversation;

  ConsoleRelay(Conversation conversation) {
    this.conversation = conversation;
  }

  JsonObject attach(NodeOperations operations, ProcessView process, Fields fields)
      throws IOException, InterruptedException {
    return attach(operations, process, fields.flag("replay"));
  }

  /** Relays both ways until the program ends or the client goes. */
  JsonObject attach(NodeOperations operations, ProcessView process, boolean replay)
      throws IOException, InterruptedException {
    conversation.channel().send(new ControlMessage.Event("attached", process.toJson()));
    ChannelSink sink = new ChannelSink(conversation);
    try (Attachment attachment = operations.attach(process, replay, sink)) {
      conversation.listen(new Inputs(operations, process, attachment, sink));
      return exit(sink);
    }
  }

  /** Relays output alone. */
  JsonObject logs(NodeOperations operations, ProcessView process, boolean follow, long tailBytes)
      throws InterruptedException {
    ChannelSink sink = new ChannelSink(conversation);
    try (Attachment attachment = operations.logs(process, follow, tailBytes, sink)) {
      conversation.listen(new Inputs(operations, process, attachment, sink));
      return exit(sink);
    }
  }

  private static JsonObject exit(ChannelSink sink) throws InterruptedException {
    try {
      ProcessExit exit = sink.finished.get();
      return exit == null ? new JsonObject() : exit.toJson();
    } catch (ExecutionException impossible) { // nobody completes it so
      throw new AssertionError(impossible);
    }
  }

  /** Output to the client. */
  private static final class ChannelSink implements ConsoleSink {
    private final Conversation conversation;
    final CompletableFuture<@Nullable ProcessExit> finished = new CompletableFuture<>();

    ChannelSink(Conversation conversation) {
      this.conversation = conversation;
    }

    @Override
    public void output(ConsoleStream stream, ByteBuffer bytes) throws IOException {
      conversation.channel().send(stream, bytes);
    }

    @Override
    public void exited(ProcessExit exit) {
      finished.complete(exit);
    }

    @Override
    public void end() {
      finished.complete(null);
    }
  }

  /** What the client types and says. */
  private record Inputs(
      NodeOperations operations, ProcessView process, Attachment attachment, ChannelSink sink)
      implements Conversation.InputListener {
    @Override
    public void said(Frame frame) throws IOException {
      switch (frame) {
        case Frame.Data(ConsoleStream stream, ByteBuffer bytes)
            when stream == ConsoleStream.INPUT -> {
          if (bytes.hasRemaining()) {
            type(bytes);
          } else {
            attachment.endOfInput();
          }
        }
        case Frame.Message(JsonObject json)
            when ControlMessage.of(json)
                instanceof ControlMessage.Input(String kind, JsonObject data) -> {
          if (kind.equals("resize")) {
            attachment.resize(WindowSize.of(data));
          } else if (kind.equals("signal")) {
            int number = (int) Fields.of(data, "signal").number("number", 1, SignalNumber.MAX);
            signal(number);
          }
        }
        default -> {
          // A frame that has no meaning here; a later release may send it.
        }
      }
    }

    private void signal(int number) {
      try {
        operations.signal(process, number);
      } catch (GodwitException e) {
        // The program has just ended, most likely: its exit is on its way to the client.
      }
    }

    private void type(ByteBuffer bytes) {
      try {
        attachment.input(bytes);
      } catch (IOException programDoesNotRead) {
        // As a write into a broken pipe: the client goes on receiving output and the exit.
      }
    }

    @Override
    public void gone() {
      sink.finished.complete(null);
    }
  }
}
