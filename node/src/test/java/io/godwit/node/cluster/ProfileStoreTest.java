package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.policy.scheduling.Thresholds;
import io.godwit.wire.proto.ProfileText;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileStoreTest {
  private static final String RECEIVER = "[activation]\ninitiation = \"receiver\"\n";

  @TempDir private Path directory;

  @Test
  void aChoiceOutlivesTheDaemonAndBeatsTheConfiguration() {
    ProfileStore store = new ProfileStore(directory, "steady");
    assertThat(store.current().text().getVersion()).isZero();
    store.choose("mine", RECEIVER);
    ProfileStore next = new ProfileStore(directory, "steady");
    assertThat(next.current().text().getName()).isEqualTo("mine");
    assertThat(next.current().profile().activation().initiation())
        .isEqualTo(Thresholds.Initiation.RECEIVER);
  }

  @Test
  void theHigherVersionCounts() {
    ProfileStore store = new ProfileStore(directory, "none");
    ProfileText mine = store.choose("mine", RECEIVER).text();
    ProfileText.Builder told = ProfileText.newBuilder().setName("theirs").setText(RECEIVER);
    assertThat(store.adopt(told.setVersion(mine.getVersion() - 1).build())).isFalse();
    assertThat(store.adopt(told.setVersion(mine.getVersion()).build())).isFalse();
    assertThat(store.adopt(told.setVersion(mine.getVersion() + 1).build())).isTrue();
    assertThat(store.current().text().getName()).isEqualTo("theirs");
    assertThat(store.choose("again", RECEIVER).text().getVersion())
        .isGreaterThan(mine.getVersion() + 1);
  }

  @Test
  void whatIsDamagedIsLeftOutAndWhatIsWrongIsRefused() throws Exception {
    Files.writeString(directory.resolve("profile.toml"), "no header\n");
    ProfileStore store = new ProfileStore(directory, "steady");
    assertThat(store.current().text().getName()).isEqualTo("steady");
    assertThatThrownBy(() -> store.choose("bad", "nonsense = 1"))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("nonsense");
    assertThat(store.current().text().getName()).isEqualTo("steady");
    assertThatThrownBy(() -> new ProfileStore(directory, "no-such"))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("no-such");
    assertThatThrownBy(
            () ->
                store.adopt(
                    ProfileText.newBuilder().setName("../x").setVersion(9).setText("").build()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
