package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.linux.Userfaultfd;
import io.godwit.policy.transfer.ReadAhead;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/** One address space of a {@link FaultServer}, by whose lock it is guarded. */
final class FaultingSpace {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  /** Its place among all. */
  final int number;

  /** In the image; that of the parent's for one that was forked. */
  final ObjectId id;

  final Userfaultfd uffd;
  final MissingPages missing;
  final ReadAhead readAhead = new ReadAhead();

  /** Faults that could not be answered because something was changing. */
  final Deque<Long> again = new ArrayDeque<>();

  /** Room for a message where no journal has any. */
  final ByteBuffer message =
      ByteBuffer.allocateDirect(Userfaultfd.MESSAGE_BYTES).order(ByteOrder.nativeOrder());

  /** Behind what was pushed last. */
  long cursor;

  long filledBytes;
  boolean ended;

  /** Whether the processes stand still for it, and since when. */
  boolean stops;

  long stoppedNanos;

  FaultingSpace(int number, ObjectId id, Userfaultfd uffd, MissingPages missing) {
    this.number = number;
    this.id = id;
    this.uffd = uffd;
    this.missing = missing;
  }

  /** Fills a run that is missing; false if something is changing, and it is to be tried again. */
  boolean fill(MissingPages.Piece piece, ByteBuffer content, boolean zeros) {
    long at = piece.here().start();
    int done = 0;
    // A run may reach over the end of a mapping, which one call does not do: then page by page.
    int step = content.remaining();
    while (done < content.limit() && !ended) {
      int length = Math.min(step, content.limit() - done);
      Userfaultfd.Filled filled =
          zeros
              ? uffd.zero(new AddressRange(at + done, at + done + length))
              : uffd.copy(at + done, content.slice(done, length));
      long settled = filled.bytes();
      switch (filled.reason()) {
        case DONE -> settled = length;
        case EXISTS -> settled += PAGE;
        case NO_MAPPING -> {
          if (length > PAGE) {
            step = (int) PAGE;
          } else {
            settled = PAGE;
          }
        }
        case CHANGING -> {
          if (settled == 0) {
            return false;
          }
        }
        case NO_PROCESS -> {
          end();
          return true;
        }
      }
      if (settled > 0) {
        missing.remove(new AddressRange(at + done, at + done + settled));
        filledBytes += settled;
        done += (int) settled;
      }
    }
    return true;
  }

  /** The process is gone: it lacks nothing. */
  void end() {
    ended = true;
    var _ = missing.settle();
    missing.remove(new AddressRange(0, Long.MAX_VALUE));
  }
}
