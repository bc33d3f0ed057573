package io.godwit.image.codec;

import io.godwit.core.AddressRange;

/** A range of pages and what is known of it. */
public record PageExtent(AddressRange range, Kind kind) {
  public PageExtent {
    if (range.length() <= 0) {
      throw new IllegalArgumentException("an empty extent at " + range);
    }
  }

  /** Bytes that it takes in a chunk's payload. */
  public long payload() {
    return kind == Kind.DATA ? range.length() : 0;
  }

  /** What is known of the pages. The numbers are the format's. */
  public enum Kind {
    /** Their bytes follow. */
    DATA(1),
    /** All zero. */
    ZERO(2),
    /** Not there any more. */
    ABSENT(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** The number in the format. */
    public int number() {
      return number;
    }
  }
}
