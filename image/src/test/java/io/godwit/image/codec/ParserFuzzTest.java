package io.godwit.image.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Whatever the bytes are, the parsers answer with a value or one of the room's own errors. Without
 * JAZZER_FUZZ=1 the inputs in the resources are replayed.
 */
class ParserFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void header(byte[] input) {
    own(() -> HeaderText.decode(input, "a test"));
    // The checksum would keep most inputs out; so the same once more with one that fits.
    String body = new String(input, StandardCharsets.ISO_8859_1);
    String end = "end crc32c " + Failures.hex(Crc.of(ByteBuffer.wrap(input))) + "\n";
    byte[] whole = (body + end).getBytes(StandardCharsets.ISO_8859_1);
    own(() -> HeaderText.decode(whole, "a test"));
  }

  @FuzzTest(maxDuration = "60s")
  void metadata(byte[] input) {
    own(() -> PodCodec.decode(ByteBuffer.wrap(input), "a test"));
  }

  @FuzzTest(maxDuration = "60s")
  void indexRecord(byte[] input) {
    if (input.length < Chunk.HEAD_BYTES || input.length > Chunk.MAX_RECORD_BYTES) {
      return;
    }
    ByteBuffer record = ByteBuffer.wrap(input);
    if (Chunk.recordBytes(record) != input.length) {
      return;
    }
    try {
      Chunk.decode(record);
    } catch (IllegalArgumentException refused) {
      // The reader of the index turns this into an error that names the place.
    }
  }

  private static void own(Runnable parser) {
    try {
      parser.run();
    } catch (GodwitException e) {
      if (!(e.code() instanceof ImageError)) {
        throw e;
      }
    }
  }
}
