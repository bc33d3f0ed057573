package io.godwit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrcTest {
  @Test
  void theCheckValueOfTheCatalogue() {
    ByteBuffer digits = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));
    assertThat(Crc.of(digits)).isEqualTo(0xe3069283);
  }

  @Test
  void partsCombineToTheWhole() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[random.nextInt(10_000)];
      random.nextBytes(bytes);
      int cut = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      int a = Crc.of(ByteBuffer.wrap(bytes, 0, cut));
      int b = Crc.of(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
      assertThat(Crc.combine(a, b, bytes.length - cut)).isEqualTo(Crc.of(ByteBuffer.wrap(bytes)));
    }
  }
}
