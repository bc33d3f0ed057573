package io.godwit.image;

/**
 * The number of something that others refer to: an address space, an open description, a pipe, a
 * shared memory object, a saved file content. All kinds draw from one number space per image, so
 * one id never names two things.
 */
public record ObjectId(int number) implements Comparable<ObjectId> {
  public ObjectId {
    if (number <= 0) {
      throw new IllegalArgumentException("an object's id is positive, not " + number);
    }
  }

  @Override
  public int compareTo(ObjectId other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "#" + number;
  }
}
