package io.godwit.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRegistryTest {
  private static final NodeId HOME = new NodeId("alpha");
  private static final NodeId AWAY = new NodeId("beta");
  private static final Epoch SECOND = Epoch.FIRST.next();

  @TempDir Path directory;
  private ProcessRegistry registry;

  @BeforeEach
  void addOne() {
    registry = new ProcessRegistry(directory);
    registry.add(
        new ProcessEntry("job", 0, "root", "sleep 1", HOME, HOME, Epoch.FIRST, 1, 2, null, ""));
  }

  @Test
  void whatIsChangedUnwrittenIsHeardAtOnceAndWrittenWithTheNextChange() {
    registry.changeUnwritten("job", e -> e.at(AWAY, SECOND));
    assertThat(registry.find("job")).map(ProcessEntry::node).contains(AWAY);
    assertThat(onDisk()).isEqualTo(HOME);

    registry.change("job", e -> e.at(AWAY, SECOND));
    assertThat(onDisk()).isEqualTo(AWAY);
  }

  @Test
  void nothingUnwrittenIsLeftOfOneThatWasForgotten() {
    registry.changeUnwritten("job", e -> e.at(AWAY, SECOND));
    registry.remove("job");
    registry.changeUnwritten("job", e -> e.at(AWAY, SECOND));
    assertThat(registry.change("job", e -> e)).isEmpty();
    assertThat(new ProcessRegistry(directory).all()).isEmpty();
  }

  private NodeId onDisk() {
    return new ProcessRegistry(directory).find("job").orElseThrow().node();
  }
}
