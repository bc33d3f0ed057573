package io.godwit.wire;

import org.jspecify.annotations.Nullable;

/** What a frame of the page channel carries. Codes are never used again. */
public enum FrameKind {
  /** From the connecting side: secret (32 bytes) and name of the session. */
  GREETING(1, 512),
  /** From the listening side: the session is open. */
  GREETED(2, 0),
  /** A piece of the description of the process; {@code address} is its offset. */
  DESCRIPTION(3, WireLimits.CONTROL_PAYLOAD_BYTES),
  /** Pages: {@code space} says of which address space, {@code address} where they begin. */
  PAGES(4, WireLimits.PAGE_PAYLOAD_BYTES),
  /** Bytes of a stream that belongs to the state, such as what a pipe holds. */
  STREAM(6, WireLimits.PAGE_PAYLOAD_BYTES),
  /**
   * The sender has sent all of this connection: the payload counts frames and bytes, 8 bytes each.
   */
  END(7, 16),
  /** The receiver has taken everything up to END. */
  TAKEN(8, 0),
  /**
   * A request for pages: {@code space}, {@code address}, and as payload their length in bytes and
   * the urgency (1 = a thread waits for them, 0 = nobody does), 4 bytes each.
   */
  DEMAND(9, 8),
  /** A piece of a preliminary description, of the process while it still runs. */
  EARLY_DESCRIPTION(10, WireLimits.CONTROL_PAYLOAD_BYTES),
  /**
   * Everything before it has been taken, when it comes back; {@code space} is 1 in the answer of
   * who could not use it.
   */
  MARK(11, 0),
  /** A DEMAND, whose numbers it repeats, has been answered by the PAGES before it. */
  ANSWERED(12, 8),
  /**
   * Several short runs of pages of one address space: {@code address} is their number; the payload
   * names for each its address (8 bytes) and length (4 bytes), and then has their contents. To whom
   * knows {@link PageForm#ZEROS} a run of zeros has its length negated and no contents.
   */
  RUNS(13, WireLimits.PAGE_PAYLOAD_BYTES),
  /**
   * A long run of pages some of which are zeros, for whom knows {@link PageForm#ZEROS}: {@code
   * space}, {@code address}; the payload has the other pages, the last of the run perhaps short,
   * then a bit for each page of the run that says whether it is there (lowest bit first, in as few
   * bytes as hold them), and the length of the run (4 bytes).
   */
  SPARSE(14, WireLimits.PAGE_PAYLOAD_BYTES),
  /**
   * Runs of whole pages of one address space that the receiver may have already, for whom said
   * {@link PageForm#HELD}: {@code address} is their number; the payload names for each its address
   * (8 bytes) and how many pages it has (4 bytes), and then has for each page the first 16 bytes of
   * its SHA-256. Who receives it takes the pages that it has from there.
   */
  OFFER(17, WireLimits.CONTROL_PAYLOAD_BYTES),
  /**
   * The answer to an OFFER, in their order: {@code address} is the number of its pages; the payload
   * has a bit for each that says whether the receiver had it (lowest bit first, in as few bytes as
   * hold them).
   */
  HELD(18, WireLimits.CONTROL_PAYLOAD_BYTES),
  /** From the destination: the instance is complete, and cannot run before the commit. */
  READY(20, 0),
  /** From the source: the destination owns the process, under the epoch {@code address}. */
  COMMIT(21, 0),
  /** From the destination: it runs. */
  RESUMED(22, 0);

  private final int code;
  private final int payloadLimit;

  FrameKind(int code, int payloadLimit) {
    this.code = code;
    this.payloadLimit = payloadLimit;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** The longest payload, bytes. */
  public int payloadLimit() {
    return payloadLimit;
  }

  static @Nullable FrameKind of(int code) {
    return switch (code) {
      case 1 -> GREETING;
      case 2 -> GREETED;
      case 3 -> DESCRIPTION;
      case 4 -> PAGES;
      case 6 -> STREAM;
      case 7 -> END;
      case 8 -> TAKEN;
      case 9 -> DEMAND;
      case 10 -> EARLY_DESCRIPTION;
      case 11 -> MARK;
      case 12 -> ANSWERED;
      case 13 -> RUNS;
      case 14 -> SPARSE;
      case 17 -> OFFER;
      case 18 -> HELD;
      case 20 -> READY;
      case 21 -> COMMIT;
      case 22 -> RESUMED;
      default -> null;
    };
  }
}
