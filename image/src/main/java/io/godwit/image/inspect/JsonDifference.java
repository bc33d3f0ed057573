package io.godwit.image.inspect;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where two JSON documents differ, by path. */
final class JsonDifference {
  /** More differences than this are not listed. */
  static final int MAX_LISTED = 1000;

  private final List<Entry> entries = new ArrayList<>();
  private int count;

  /** One place that differs; the empty string stands for nothing there. */
  record Entry(String path, String left, String right) {}

  private JsonDifference() {}

  static JsonDifference of(JsonElement left, JsonElement right) {
    JsonDifference difference = new JsonDifference();
    difference.compare("", left, right);
    return difference;
  }

  List<Entry> entries() {
    return entries;
  }

  /** How many there are, listed or not. */
  int count() {
    return count;
  }

  private void compare(String path, JsonElement left, JsonElement right) {
    if (left.equals(right)) {
      return;
    }
    if (left instanceof JsonObject a && right instanceof JsonObject b) {
      TreeSet<String> names = new TreeSet<>(a.keySet());
      names.addAll(b.keySet());
      for (String name : names) {
        member(path.isEmpty() ? name : path + "." + name, a.get(name), b.get(name));
      }
    } else if (left instanceof JsonArray a && right instanceof JsonArray b) {
      for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
        member(
            path + "[" + i + "]", i < a.size() ? a.get(i) : null, i < b.size() ? b.get(i) : null);
      }
    } else {
      add(path, left.toString(), right.toString());
    }
  }

  private void member(String path, @Nullable JsonElement left, @Nullable JsonElement right) {
    if (left != null && right != null) {
      compare(path, left, right);
    } else {
      add(path, left == null ? "" : left.toString(), right == null ? "" : right.toString());
    }
  }

  private void add(String path, String left, String right) {
    count++;
    if (entries.size() < MAX_LISTED) {
      entries.add(new Entry(path, left, right));
    }
  }
}
