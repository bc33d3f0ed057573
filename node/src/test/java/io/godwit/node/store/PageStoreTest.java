package io.godwit.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageStoreTest {
  private static final int PAGE = PageFile.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final int PAGES = 40;
  private static final int FIRST_ZERO = 8;
  private static final int ZEROS = 4;
  private static final ObjectId SPACE = new ObjectId(3);

  @TempDir Path directory;
  private PageStore store;
  private final String migration = UUID.randomUUID().toString();
  private final byte[] memory = new byte[PAGES * PAGE];

  @BeforeEach
  void fillMemory() throws IOException {
    new Random(7).nextBytes(memory);
    Arrays.fill(memory, FIRST_ZERO * PAGE, (FIRST_ZERO + ZEROS) * PAGE, (byte) 0);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    store = new PageStore(directory, 64 << 20, Duration.ofHours(24));
  }

  private static StoredFacts facts(String of) {
    return new StoredFacts(of, "walker", new NodeId("beta"), true, 12345);
  }

  private PageFileWriter begun(PageStore in) {
    PageFileWriter writer = in.create(facts(migration));
    try {
      // In pieces, of which some follow each other and one comes before them.
      add(writer, 10, 20);
      add(writer, 20, 40);
      add(writer, 0, 10);
      return writer;
    } catch (GodwitException full) {
      writer.close();
      throw full;
    }
  }

  private void add(PageFileWriter writer, int from, int to) {
    writer.add(
        SPACE.number(),
        BASE + (long) from * PAGE,
        ByteBuffer.allocateDirect((to - from) * PAGE)
            .put(memory, from * PAGE, (to - from) * PAGE)
            .flip());
  }

  private Path stored() {
    try (PageFileWriter writer = begun(store)) {
      writer.seal();
      assertThat(writer.bytes()).isEqualTo((long) (PAGES - ZEROS) * PAGE);
      assertThat(writer.zeroBytes()).isEqualTo((long) ZEROS * PAGE);
    }
    return directory.resolve(migration + ".pages");
  }

  /** Takes what comes, as a process would. */
  private final class Taken implements PageOrigin.Answers {
    final byte[] bytes = new byte[memory.length];
    long zeros;

    @Override
    public void arrived(ObjectId space, long address, ByteBuffer content) {
      content.get(bytes, (int) (address - BASE), content.remaining());
    }

    @Override
    public void arrivedZeros(ObjectId space, long address, ByteBuffer content) {
      zeros += content.remaining();
    }

    @Override
    public void answered(ObjectId space, AddressRange range, boolean urgent) {}

    @Override
    public void lost(String why) {}
  }

  private Taken readAll() {
    Taken taken = new Taken();
    try (PageFileReader reader = store.open(migration)) {
      reader.read(SPACE, range(0, PAGES), taken);
    }
    return taken;
  }

  private static AddressRange range(int from, int to) {
    return new AddressRange(BASE + (long) from * PAGE, BASE + (long) to * PAGE);
  }

  private static void assertFails(NodeError code, Runnable what, String... words) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(what::run)
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(words);
            });
  }

  @Test
  void whatWasPutThereComesBack() throws IOException {
    Path file = stored();
    Taken taken = readAll();
    assertThat(taken.bytes).isEqualTo(memory);
    assertThat(taken.zeros).isEqualTo((long) ZEROS * PAGE);
    assertThat(store.migrations()).containsExactly(migration);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (PageFileReader reader = store.open(migration)) {
      assertThat(reader.facts()).isEqualTo(facts(migration));
      Taken part = new Taken();
      reader.read(SPACE, range(15, 25), part);
      assertThat(Arrays.copyOfRange(part.bytes, 15 * PAGE, 25 * PAGE))
          .isEqualTo(Arrays.copyOfRange(memory, 15 * PAGE, 25 * PAGE));
      assertFails(
          NodeError.PAGE_STORE_DAMAGED,
          () -> reader.read(SPACE, range(PAGES - 1, PAGES + 1), part),
          "has no page");
      assertFails(
          NodeError.PAGE_STORE_DAMAGED,
          () -> reader.read(new ObjectId(4), range(0, 1), part),
          "has no page");
    }
    store.remove(migration);
    assertThat(file).doesNotExist();
    assertFails(NodeError.PAGE_STORE, () -> store.open(migration), "does not exist");
  }

  @Test
  void whatIsHalfWrittenIsNeverTakenForWhole() throws IOException {
    Path partial = directory.resolve(migration + ".partial");
    try (PageFileWriter writer = begun(store)) {
      assertThat(writer.bytes()).isPositive();
      assertThat(store.knows(migration)).isTrue();
      assertThat(store.migrations()).isEmpty();
      assertFails(NodeError.PAGE_STORE, () -> store.open(migration), "does not exist");
      // Not even under the name of a whole one.
      Path whole = Files.copy(partial, directory.resolve(migration + ".pages"));
      Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString("rw-------"));
      assertFails(NodeError.PAGE_STORE_DAMAGED, () -> store.open(migration), "begin");
    }
    assertThat(partial).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.3, 0.9, 0.9999})
  void whatIsCutOffIsNotTaken(double part) throws IOException {
    Path file = stored();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate((long) (channel.size() * part));
    }
    assertFails(NodeError.PAGE_STORE_DAMAGED, () -> store.open(migration), file.toString());
  }

  @Test
  void whatIsCutOffWhileItIsReadIsNoticed() throws IOException {
    Path file = stored();
    try (PageFileReader reader = store.open(migration);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(PageFile.HEADER + 5 * PAGE);
      assertFails(
          NodeError.PAGE_STORE_DAMAGED,
          () -> reader.read(SPACE, range(0, PAGES), new Taken()),
          "ends at");
    }
  }

  @Test
  void noFlippedBitIsOverlooked() throws IOException {
    Path file = stored();
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      // The header with its facts, the pages and the index alike.
      int at = i < 100 ? random.nextInt(120) : random.nextInt(whole.length);
      flip(file, at, 1 << random.nextInt(8));
      assertFails(NodeError.PAGE_STORE_DAMAGED, this::readAll, file.toString());
      flip(file, at, whole[at] ^ read(file, at));
    }
    assertThat(readAll().bytes).isEqualTo(memory);
  }

  private static int read(Path file, int at) throws IOException {
    try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "r")) {
      random.seek(at);
      return random.read() << 24 >> 24;
    }
  }

  private static void flip(Path file, int at, int bits) throws IOException {
    int was = read(file, at);
    try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
      random.seek(at);
      random.write(was ^ bits);
    }
  }

  @Test
  void aFileOfAnotherMigrationIsNotTaken() throws IOException {
    Path file = stored();
    String other = UUID.randomUUID().toString();
    Files.move(file, directory.resolve(other + ".pages"));
    assertFails(NodeError.PAGE_STORE_DAMAGED, () -> store.open(other), migration);
    assertFails(NodeError.OUT_OF_STEP, () -> store.open("../" + other), "not the name");
    assertFails(NodeError.OUT_OF_STEP, () -> store.knows("x"), "not the name");
  }

  @Test
  void whatOthersCouldHavePutThereIsNotTaken() throws IOException {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can give files away");
    Path file = stored();
    Files.setAttribute(file, "unix:uid", 12345);
    assertFails(NodeError.PAGE_STORE_DAMAGED, () -> store.open(migration), "user 12345");
    Files.setAttribute(file, "unix:uid", 0);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertFails(NodeError.PAGE_STORE_DAMAGED, () -> store.open(migration), "mode");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(readAll().bytes).isEqualTo(memory);
    Path link = directory.resolve("elsewhere");
    Files.move(file, link);
    Files.createSymbolicLink(file, link);
    assertFails(NodeError.PAGE_STORE_DAMAGED, () -> store.open(migration), file.toString());
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
    assertFails(
        NodeError.PAGE_STORE_DAMAGED,
        () -> store.create(facts(UUID.randomUUID().toString())).close(),
        directory.toString());
  }

  @Test
  void itTakesNoMoreThanItMay() {
    PageStore small = new PageStore(directory, memory.length / 2, Duration.ofHours(1));
    assertFails(NodeError.PAGE_STORE, () -> begun(small).close(), "MiB", "store.limit-mib");
    assertThat(small.knows(migration)).isFalse();
    // What others have put there counts.
    stored();
    PageStore shared = new PageStore(directory, memory.length * 3L / 2, Duration.ofHours(1));
    String next = UUID.randomUUID().toString();
    try (PageFileWriter writer = shared.create(facts(next))) {
      assertFails(NodeError.PAGE_STORE, () -> add(writer, 0, PAGES), "MiB");
    }
    assertThat(shared.knows(next)).isFalse();
  }

  @Test
  void itHasNoMoreFilesThanItMay() throws IOException {
    for (int i = 0; i <= NodeLimits.STORED_FILES; i++) {
      Files.createFile(directory.resolve(i + ".pages"));
    }
    assertFails(NodeError.PAGE_STORE, () -> begun(store).close(), "files");
  }

  @Test
  void aFullDiskIsAnErrorThatLeavesNothing() throws Exception {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can mount a small file system");
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assertThat(run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", disk.toString()))
        .isZero();
    try {
      PageStore full = new PageStore(disk, 64 << 20, Duration.ofHours(1));
      assertFails(
          NodeError.PAGE_STORE,
          () -> {
            try (PageFileWriter writer = full.create(facts(migration))) {
              add(writer, 10, PAGES);
            }
          },
          disk.toString(),
          "space");
      assertThat(disk).isEmptyDirectory();
    } finally {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Test
  void whatNobodyHasUsedForLongIsSweptAway() throws IOException {
    Path file = stored();
    Instant old = Instant.now().minus(Duration.ofHours(23));
    Files.setLastModifiedTime(file, FileTime.from(old));
    store.sweep();
    assertThat(file).exists();
    Files.setLastModifiedTime(file, FileTime.from(old.minus(Duration.ofHours(2))));
    store.touch(migration);
    store.sweep();
    assertThat(file).exists();
    Files.setLastModifiedTime(file, FileTime.from(old.minus(Duration.ofHours(2))));
    store.sweep();
    assertThat(file).doesNotExist();
  }
}
