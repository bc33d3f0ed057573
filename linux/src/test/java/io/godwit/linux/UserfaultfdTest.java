package io.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.UserfaultfdAbi;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults of this very process, taken by one of its threads for another. */
class UserfaultfdTest {
  private static final int PAGE = 4096;
  private static final int CLOEXEC_NONBLOCK = 0x80800;

  private AddressRange range;
  private Userfaultfd faults;

  @BeforeEach
  void mapPages() {
    long address = Kernel.call(Syscall.MMAP, 0, 16 * PAGE, 3, 0x22, -1, 0);
    range = new AddressRange(address, address + 16 * PAGE);
    long fd = Kernel.call(Syscall.USERFAULTFD, CLOEXEC_NONBLOCK);
    faults =
        Userfaultfd.over(
            OwnedFd.of(new Fd((int) LinuxException.check(fd, Syscall.USERFAULTFD, ""))));
  }

  @AfterEach
  void unmapPages() {
    faults.close();
    Kernel.call(Syscall.MUNMAP, range.start(), range.length());
  }

  @Test
  void aMissingPageIsFilledForWhoeverTouchesIt() throws Exception {
    faults.handshake(0);
    faults.register(range, UserfaultfdAbi.UFFDIO_REGISTER_MODE_MISSING);
    CompletableFuture<Byte> touched = CompletableFuture.supplyAsync(() -> peek(range.start() + 5));
    assertThat(faults.await(10_000)).isTrue();
    List<Userfaultfd.Message> messages = faults.read();
    assertThat(messages).containsExactly(new Userfaultfd.Fault(range.start(), false, false));
    ByteBuffer page = NativeBuffer.allocate(PAGE).bytes();
    page.put(5, (byte) 42);
    assertThat(faults.copy(range.start(), page))
        .isEqualTo(new Userfaultfd.Filled(PAGE, Userfaultfd.Filling.DONE));
    assertThat(touched.get(10, TimeUnit.SECONDS)).isEqualTo((byte) 42);
  }

  @Test
  void aPageThatIsThereIsNotOverwritten() {
    faults.handshake(0);
    faults.register(range, UserfaultfdAbi.UFFDIO_REGISTER_MODE_MISSING);
    ByteBuffer pages = NativeBuffer.allocate(4 * PAGE).bytes();
    long third = range.start() + 2 * PAGE;
    faults.zero(new AddressRange(third, third + PAGE));
    assertThat(faults.copy(range.start(), pages))
        .isEqualTo(new Userfaultfd.Filled(2 * PAGE, Userfaultfd.Filling.CHANGING));
    assertThat(faults.copy(third, pages.slice(0, PAGE)).reason())
        .isEqualTo(Userfaultfd.Filling.EXISTS);
  }

  @Test
  void writesAreSeenByTheScanOnceForEachProtection() {
    faults.handshake(
        UserfaultfdAbi.UFFD_FEATURE_WP_ASYNC | UserfaultfdAbi.UFFD_FEATURE_WP_UNPOPULATED);
    faults.register(range, UserfaultfdAbi.UFFDIO_REGISTER_MODE_WP);
    faults.writeProtect(range, true);
    try (PageMap pages = PageMap.open(new Pid((int) ProcessHandle.current().pid()))) {
      poke(range.start() + 3 * PAGE);
      poke(range.start() + 4 * PAGE);
      poke(range.start() + 9 * PAGE);
      assertThat(pages.writtenPages(range, true))
          .extracting(PageMap.Region::range)
          .containsExactly(pagesOf(3, 5), pagesOf(9, 10));
      assertThat(pages.writtenPages(range, true)).isEmpty();
      poke(range.start() + 9 * PAGE);
      assertThat(pages.writtenPages(range, true))
          .extracting(PageMap.Region::range)
          .containsExactly(pagesOf(9, 10));
    }
  }

  @Test
  void droppedPagesAreReported() {
    faults.handshake(UserfaultfdAbi.UFFD_FEATURE_EVENT_REMOVE);
    faults.register(range, UserfaultfdAbi.UFFDIO_REGISTER_MODE_MISSING);
    faults.zero(range);
    assertThat(faults.isChanging()).isFalse();
    CompletableFuture<Long> dropped =
        CompletableFuture.supplyAsync(
            () -> Kernel.call(Syscall.MADVISE, range.start(), PAGE, 4 /* MADV_DONTNEED */));
    assertThat(faults.await(10_000)).isTrue();
    assertThat(faults.isChanging()).isTrue();
    assertThat(faults.read()).containsExactly(new Userfaultfd.Removed(pagesOf(0, 1)));
    assertThat(dropped.join()).isZero();
    assertThat(faults.isChanging()).isFalse();
  }

  private AddressRange pagesOf(int from, int to) {
    return new AddressRange(range.start() + (long) from * PAGE, range.start() + (long) to * PAGE);
  }

  private static byte peek(long address) {
    ByteBuffer one = NativeBuffer.allocate(1).bytes();
    RemoteMemory.of(new Pid((int) ProcessHandle.current().pid()))
        .read(List.of(new AddressRange(address, address + 1)), one);
    return one.get(0);
  }

  private static void poke(long address) {
    RemoteMemory.of(new Pid((int) ProcessHandle.current().pid())).write(address, new byte[] {1});
  }
}
