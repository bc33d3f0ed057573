package io.godwit.image.inspect;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.godwit.core.AddressRange;
import io.godwit.core.Epoch;
import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.image.Bytes;
import io.godwit.image.ObjectId;
import io.godwit.image.SignalSet;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * The records of an image as JSON, component by component; a case of a sealed type says which in
 * {@code kind}. Only for looking: nothing reads this form back.
 */
final class RecordJson {
  /** Longer contents appear as size and checksum. */
  private static final int SHOWN_BYTES = 256;

  private RecordJson() {}

  static JsonElement of(Object value) {
    return switch (value) {
      case Pid pid -> new JsonPrimitive(pid.number());
      case Tid tid -> new JsonPrimitive(tid.number());
      case ObjectId id -> new JsonPrimitive(id.number());
      case Epoch epoch -> new JsonPrimitive(epoch.number());
      case AddressRange range -> new JsonPrimitive(range.toString());
      case SignalSet set -> new JsonPrimitive(set.toString());
      case Bytes bytes -> bytes(bytes);
      case Enum<?> constant -> new JsonPrimitive(constant.name().toLowerCase(Locale.ROOT));
      case String text -> new JsonPrimitive(text);
      case Number number -> new JsonPrimitive(number);
      case Boolean flag -> new JsonPrimitive(flag);
      case OptionalInt optional ->
          optional.isPresent() ? new JsonPrimitive(optional.getAsInt()) : JsonNull.INSTANCE;
      case Optional<?> optional -> optional.map(RecordJson::of).orElse(JsonNull.INSTANCE);
      case Collection<?> collection -> {
        JsonArray array = new JsonArray(collection.size());
        collection.forEach(element -> array.add(of(element)));
        yield array;
      }
      case Record record -> record(record);
      default -> new JsonPrimitive(value.toString());
    };
  }

  private static JsonObject record(Record value) {
    JsonObject object = new JsonObject();
    for (Class<?> type : value.getClass().getInterfaces()) {
      if (type.isSealed()) {
        object.addProperty("kind", value.getClass().getSimpleName());
      }
    }
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        object.add(memberName(component), of(component.getAccessor().invoke(value)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
    }
    return object;
  }

  /** A component called kind is itself the object that says so. */
  private static String memberName(RecordComponent component) {
    return component.getName().equals("kind") ? "what" : component.getName();
  }

  private static JsonElement bytes(Bytes bytes) {
    if (bytes.size() <= SHOWN_BYTES) {
      return new JsonPrimitive(HexFormat.of().formatHex(bytes.toArray()));
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.asBuffer());
    JsonObject object = new JsonObject();
    object.addProperty("bytes", bytes.size());
    object.addProperty("crc32c", "%08x".formatted((int) crc.getValue()));
    return object;
  }
}
