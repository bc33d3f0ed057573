package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import io.godwit.wire.proto.LoadEntry;
import io.godwit.wire.proto.LoadNote;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadCodecTest {
  private static final NodeId FROM = new NodeId("from");
  private static final NodeId OTHER = new NodeId("other");

  static Stream<LoadMessage> messages() {
    NodeLoad load =
        new NodeLoad(
            3.5,
            8,
            1.25,
            0.5,
            new NodeLoad.Pressure(0.1, 0.2, 0.3),
            1L << 34,
            1L << 30,
            1,
            2,
            3,
            Long.MAX_VALUE,
            4,
            true,
            Set.of("x86_64", "ssd"));
    List<LoadRecord> records = List.of(new LoadRecord(OTHER, load, 17, 900));
    return Stream.of(
        new LoadMessage.Vector(FROM, 1000, records, true),
        new LoadMessage.Vector(FROM, 1000, List.of(), false),
        new LoadMessage.Report(FROM, 1000, records),
        new LoadMessage.Taken(FROM, 1000),
        new LoadMessage.NotMaster(FROM, 1000, OTHER),
        new LoadMessage.Query(FROM, 1000, 5),
        new LoadMessage.Answer(FROM, 1000, records));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageComesBackAsItWas(LoadMessage message) throws Exception {
    byte[] bytes = LoadCodec.encode(message).build().toByteArray();
    assertThat(LoadCodec.decode(LoadNote.parseFrom(bytes), FROM)).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -1, Double.POSITIVE_INFINITY})
  void figuresThatMakeNoSenseAreRefused(double runQueue) {
    LoadEntry entry = LoadEntry.newBuilder().setNode("n").setRunQueue(runQueue).setSpeed(1).build();
    assertThatThrownBy(() -> LoadCodec.load(entry)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../etc", "a b"})
  void namesThatAreNoneAreRefused(String name) {
    LoadNote note =
        LoadNote.newBuilder()
            .setKind(LoadNote.Kind.REPORT)
            .addEntries(LoadEntry.newBuilder().setNode(name).setSpeed(1))
            .build();
    assertThatThrownBy(() -> LoadCodec.decode(note, FROM))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @org.junit.jupiter.api.Test
  void nothingIsFresherThanItsMessage() {
    LoadNote note =
        LoadNote.newBuilder()
            .setKind(LoadNote.Kind.REPORT)
            .setSentNanos(1000)
            .addEntries(LoadEntry.newBuilder().setNode("n").setSpeed(1).setTakenNanos(9000))
            .build();
    assertThat(LoadCodec.records(note).getFirst().takenNanos()).isEqualTo(1000);
  }
}
