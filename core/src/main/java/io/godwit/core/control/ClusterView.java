package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * A cluster as the node that made or joined it sees it.
 *
 * @param name of the cluster
 * @param node this node's name in it
 * @param address where this node listens for others, host:port
 * @param fingerprint of the cluster's certificate, SHA-256 in hexadecimal
 */
public record ClusterView(String name, String node, String address, String fingerprint) {
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("node", node);
    json.addProperty("address", address);
    json.addProperty("fingerprint", fingerprint);
    return json;
  }

  public static ClusterView of(JsonObject json) {
    Fields fields = Fields.of(json, "cluster");
    return new ClusterView(
        fields.text("name", ControlLimits.MAX_NAME),
        fields.text("node", ControlLimits.MAX_NAME),
        fields.text("address", 300),
        fields.text("fingerprint", 128));
  }
}
