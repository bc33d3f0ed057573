package io.godwit.engine.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.image.ObjectId;
import io.godwit.linux.Userfaultfd;
import io.godwit.linux.abi.UserfaultfdAbi;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server of faults finds of the one before, which was killed where it stood. */
class FaultJournalTest {
  private static final ObjectId SPACE = new ObjectId(7);
  private static final long PAGE = 4096;

  @TempDir Path directory;

  private static AddressRange pages(long first, long count) {
    return new AddressRange(first * PAGE, (first + count) * PAGE);
  }

  private FaultJournal begun(AddressRange... missing) {
    FaultJournal journal = FaultJournal.create(directory);
    journal.save(List.of(new FaultJournal.Space(SPACE, new MissingPages(List.of(missing)))));
    return journal;
  }

  /** As the kernel writes one. */
  private static List<Userfaultfd.Message> event(ByteBuffer into, int kind, long... words) {
    into.put(0, (byte) kind);
    for (int i = 0; i < words.length; i++) {
      into.putLong(8 + i * Long.BYTES, words[i]);
    }
    return Userfaultfd.messages(into);
  }

  private List<MissingPages.Piece> found(int space) {
    return FaultJournal.open(directory).read().get(space).missing().pieces();
  }

  private static List<AddressRange> here(List<MissingPages.Piece> pieces) {
    return pieces.stream().map(MissingPages.Piece::here).toList();
  }

  @Test
  void whatWasSavedIsFound() {
    begun(pages(16, 4), pages(32, 1));
    assertThat(here(found(0))).containsExactly(pages(16, 4), pages(32, 1));
    assertThat(FaultJournal.open(directory).isDone()).isFalse();
  }

  @Test
  void anEventCountsFromTheMomentInWhichTheKernelWroteIt() {
    FaultJournal journal = begun(pages(16, 4));
    // Killed before it could settle.
    event(journal.next(0, true), UserfaultfdAbi.UFFD_EVENT_UNMAP, 17 * PAGE, 18 * PAGE);
    assertThat(here(found(0))).containsExactly(pages(16, 1), pages(18, 2));
  }

  @Test
  void faultsLeaveTheirPlaceToTheNext() {
    FaultJournal journal = begun(pages(16, 4));
    assertThat(
            journal.settle(
                event(journal.next(0, true), UserfaultfdAbi.UFFD_EVENT_PAGEFAULT, 0, 16 * PAGE)))
        .isTrue();
    ByteBuffer next = journal.next(0, true);
    assertThat(Userfaultfd.messages(next)).isEmpty();
    event(next, UserfaultfdAbi.UFFD_EVENT_REMOVE, 16 * PAGE, 20 * PAGE);
    assertThat(found(0)).isEmpty();
  }

  @Test
  void whatMovedIsStillFetchedFromWhereItWas() {
    FaultJournal journal = begun(pages(16, 4));
    journal.settle(
        event(
            journal.next(0, true),
            UserfaultfdAbi.UFFD_EVENT_REMAP,
            16 * PAGE,
            64 * PAGE,
            4 * PAGE));
    List<MissingPages.Piece> pieces = found(0);
    assertThat(here(pieces)).containsExactly(pages(64, 4));
    assertThat(pieces.getFirst().source()).isEqualTo(pages(16, 4));
    // And so it is after all was written anew.
    FaultJournal again = FaultJournal.open(directory);
    again.save(again.read());
    assertThat(found(0)).isEqualTo(pieces);
  }

  @Test
  void whatIsInNoCertainOrderIsTakenAsItWasTaken() {
    FaultJournal journal = begun(pages(16, 4), pages(32, 4));
    journal.settle(
        event(
            journal.next(0, true),
            UserfaultfdAbi.UFFD_EVENT_REMAP,
            16 * PAGE,
            64 * PAGE,
            4 * PAGE));
    journal.settle(
        event(
            journal.next(0, false),
            UserfaultfdAbi.UFFD_EVENT_REMAP,
            32 * PAGE,
            16 * PAGE,
            4 * PAGE));
    journal.settle(
        event(journal.next(0, false), UserfaultfdAbi.UFFD_EVENT_UNMAP, 16 * PAGE, 20 * PAGE));
    assertThat(here(found(0))).containsExactly(pages(16, 4), pages(64, 4));
    journal.settle(
        event(journal.next(0, false), UserfaultfdAbi.UFFD_EVENT_UNMAP, 32 * PAGE, 36 * PAGE));
    journal.settle(
        event(journal.next(0, true), UserfaultfdAbi.UFFD_EVENT_UNMAP, 16 * PAGE, 20 * PAGE));
    assertThat(here(found(0))).containsExactly(pages(64, 4));
  }

  @Test
  void aChildLacksWhatItsParentLackedThen() {
    FaultJournal journal = begun(pages(16, 4));
    journal.settle(event(journal.next(0, true), UserfaultfdAbi.UFFD_EVENT_FORK, 99));
    journal.settle(
        event(journal.next(0, true), UserfaultfdAbi.UFFD_EVENT_UNMAP, 16 * PAGE, 20 * PAGE));
    journal.settle(
        event(journal.next(1, true), UserfaultfdAbi.UFFD_EVENT_UNMAP, 16 * PAGE, 17 * PAGE));
    assertThat(found(0)).isEmpty();
    assertThat(here(found(1))).containsExactly(pages(17, 3));
  }

  @Test
  void whenThereIsNoRoomAllIsWrittenAnew() {
    FaultJournal journal = begun(pages(1000, 20000));
    MissingPages missing = new MissingPages(List.of(pages(1000, 20000)));
    boolean room = true;
    long dropped = 1000;
    while (room) {
      AddressRange page = pages(dropped++, 1);
      room =
          journal.settle(
              event(
                  journal.next(0, true),
                  UserfaultfdAbi.UFFD_EVENT_UNMAP,
                  page.start(),
                  page.end()));
      missing.drop(page);
    }
    journal.save(List.of(new FaultJournal.Space(SPACE, missing)));
    assertThat(here(found(0))).containsExactly(pages(dropped, 21000 - dropped));
  }

  @Test
  void whatIsDoneStaysDone() {
    begun(pages(16, 4)).done();
    assertThat(FaultJournal.open(directory).isDone()).isTrue();
    FaultJournal.remove(directory);
    assertThat(FaultJournal.exists(directory)).isFalse();
  }

  @Test
  void damageIsToldAndNotGuessed() throws Exception {
    begun(pages(16, 4));
    Path file = directory.resolve("missing");
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {0, 9, bytes.length / 2, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      FaultJournal journal = FaultJournal.open(directory);
      assertThatExceptionOfType(GodwitException.class)
          .isThrownBy(journal::read)
          .satisfies(failed -> assertThat(failed.code()).isEqualTo(EngineError.PAGE_JOURNAL));
    }
    Files.write(file, new byte[0]);
    assertThatExceptionOfType(GodwitException.class).isThrownBy(FaultJournal.open(directory)::read);
  }
}
