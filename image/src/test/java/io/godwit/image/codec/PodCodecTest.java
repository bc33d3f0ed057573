package io.godwit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.PodImage;
import io.godwit.image.RandomImages;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PodCodecTest {
  @Test
  void everyRecordComesBackAsItWas() {
    for (int seed = 0; seed < 300; seed++) {
      PodImage image = RandomImages.pod(seed, 1 + seed % 6);
      ByteBuffer bytes = ByteBuffer.wrap(PodCodec.encode(image));
      assertThat(PodCodec.decode(bytes, "a test")).as("seed %s", seed).isEqualTo(image);
    }
  }

  @Test
  void garbageIsInconsistentAndNothingElse() {
    Random random = new Random(1);
    byte[] good = PodCodec.encode(RandomImages.pod(7, 3));
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bad = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      ByteBuffer bytes =
          ByteBuffer.wrap(bad, 0, bad.length - random.nextInt(2) * random.nextInt(9));
      try {
        PodCodec.decode(bytes, "a test");
      } catch (GodwitException e) {
        assertThat(e.code()).isEqualTo(ImageError.INCONSISTENT);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void anEmptyMessageIsRefused() {
    assertThatThrownBy(() -> PodCodec.decode(ByteBuffer.allocate(0), "a test"))
        .isInstanceOfSatisfying(
            GodwitException.class, e -> assertThat(e.code()).isEqualTo(ImageError.INCONSISTENT));
  }
}
