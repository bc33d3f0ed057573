package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Frame;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes console bytes from the daemon to this command's own standard output and error. */
final class ConsoleOutput {
  private final CommandIo io;
  private final boolean asJson;

  ConsoleOutput(CommandIo io, boolean asJson) {
    this.io = io;
    this.asJson = asJson;
  }

  /** Sends a request and relays output until its result. */
  JsonObject relay(ControlClient client, Method method, JsonObject params) {
    try {
      client.begin(method, params);
      while (true) {
        switch (client.read()) {
          case Frame.Data(ConsoleStream stream, ByteBuffer bytes) -> write(stream, bytes);
          case Frame.Message(JsonObject message) -> {
            switch (ControlMessage.of(message)) {
              case ControlMessage.Result(JsonObject data) -> {
                return data;
              }
              case ControlMessage.Failure failure -> throw failure.exception();
              case ControlMessage.Event event -> {
                // Nothing that output alone needs to know.
              }
              default -> throw ControlClient.confused();
            }
          }
        }
      }
    } catch (IOException e) {
      throw client.gone(e);
    }
  }

  /** Writes a piece; a standard output that nobody reads any more is a failure. */
  void write(ConsoleStream stream, ByteBuffer bytes) {
    if (!tryWrite(stream, bytes)) {
      throw new GodwitException(
          CliError.STREAM,
          "the output was not written to its end",
          "standard output or error was closed or is full",
          "see whether what reads it still runs, or whether the disk has room");
    }
  }

  /** Writes a piece and tells whether it went out. */
  boolean tryWrite(ConsoleStream stream, ByteBuffer bytes) {
    PrintStream target = !asJson && stream == ConsoleStream.ERROR ? io.err() : io.out();
    if (asJson) {
      JsonObject line = new JsonObject();
      line.addProperty("stream", stream == ConsoleStream.ERROR ? "error" : "output");
      line.addProperty("text", StandardCharsets.UTF_8.decode(bytes).toString());
      target.println(JsonText.write(line));
    } else {
      target.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }
    // checkError flushes as well.
    return !target.checkError();
  }
}
