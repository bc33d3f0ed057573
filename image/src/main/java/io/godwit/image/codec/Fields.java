package io.godwit.image.codec;

import com.google.protobuf.ByteString;
import io.godwit.image.Bytes;
import io.godwit.image.ObjectId;
import io.godwit.image.RawText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Conversions of single fields that all metadata codecs share. */
final class Fields {
  private Fields() {}

  static ByteString text(String text) {
    return ByteString.copyFrom(RawText.encode(text));
  }

  static String text(ByteString bytes) {
    return RawText.decode(bytes.toByteArray());
  }

  static ByteString bytes(Bytes bytes) {
    return ByteString.copyFrom(bytes.asBuffer());
  }

  static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.asReadOnlyByteBuffer());
  }

  /** Absent ids are 0 in the format. */
  static int id(Optional<ObjectId> id) {
    return id.map(ObjectId::number).orElse(0);
  }

  static Optional<ObjectId> optionalId(int number) {
    return number == 0 ? Optional.empty() : Optional.of(new ObjectId(number));
  }

  static <A, B> Optional<B> when(boolean present, A value, Function<A, B> decode) {
    return present ? Optional.of(decode.apply(value)) : Optional.empty();
  }

  static <A, B> List<B> each(List<A> values, Function<A, B> map) {
    return values.stream().map(map).toList();
  }

  /** The constant whose number in the format this is. */
  static <E extends Enum<E>> E constant(E[] values, ToIntFunction<E> numberOf, int number) {
    for (E value : values) {
      if (numberOf.applyAsInt(value) == number) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "unknown " + values[0].getDeclaringClass().getSimpleName() + " " + number);
  }
}
