package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * A secret that lets one node join, once.
 *
 * @param token the secret, one word
 * @param address where to join, host:port
 * @param expiresMillis when it ends, milliseconds since 1970
 */
public record JoinToken(String token, String address, long expiresMillis) {
  /** Longest token, in characters. */
  public static final int MAX_TOKEN = 1024;

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("token", token);
    json.addProperty("address", address);
    json.addProperty("expiresMillis", expiresMillis);
    return json;
  }

  public static JoinToken of(JsonObject json) {
    Fields fields = Fields.of(json, "token");
    return new JoinToken(
        fields.text("token", MAX_TOKEN),
        fields.text("address", 300),
        fields.number("expiresMillis", 0, Long.MAX_VALUE));
  }

  /** The token stays out of logs. */
  @Override
  public String toString() {
    return "JoinToken[address=" + address + ", expiresMillis=" + expiresMillis + "]";
  }
}
