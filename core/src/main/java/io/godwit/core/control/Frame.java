package io.godwit.core.control;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;

/** What a control connection carries. */
public sealed interface Frame {
  /** A JSON object. */
  record Message(JsonObject json) implements Frame {}

  /** Console bytes; none at all is the end of that stream. */
  record Data(ConsoleStream stream, ByteBuffer bytes) implements Frame {}
}
