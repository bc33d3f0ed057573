package io.godwit.core;

/**
 * A half-open range of virtual addresses, [start, end). Addresses are unsigned 64-bit numbers; user
 * space on the supported architectures stays below 2^63, which the constructor checks.
 */
public record AddressRange(long start, long end) implements Comparable<AddressRange> {
  public AddressRange {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "not an address range: " + Long.toHexString(start) + "-" + Long.toHexString(end));
    }
  }

  /** Length in bytes. */
  public long length() {
    return end - start;
  }

  public boolean contains(long address) {
    return address >= start && address < end;
  }

  public boolean overlaps(AddressRange other) {
    return start < other.end && other.start < end;
  }

  @Override
  public int compareTo(AddressRange other) {
    int byStart = Long.compare(start, other.start);
    return byStart != 0 ? byStart : Long.compare(end, other.end);
  }

  @Override
  public String toString() {
    return Long.toHexString(start) + "-" + Long.toHexString(end);
  }
}
