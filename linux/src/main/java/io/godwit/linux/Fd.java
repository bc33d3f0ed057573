package io.godwit.linux;

/** A file descriptor of this process or, where the name says so, of another. */
public record Fd(int number) {
  public Fd {
    if (number < 0) {
      throw new IllegalArgumentException("a descriptor is not negative: " + number);
    }
  }

  @Override
  public String toString() {
    return "fd " + number;
  }
}
