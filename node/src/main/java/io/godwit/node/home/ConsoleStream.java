package io.godwit.node.home;

/** The streams of a console by their usual descriptor numbers; a terminal has the first two. */
public enum ConsoleStream {
  INPUT(0),
  OUTPUT(1),
  ERROR(2);

  private final int number;

  ConsoleStream(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  public static ConsoleStream of(int number) {
    return switch (number) {
      case 0 -> INPUT;
      case 1 -> OUTPUT;
      case 2 -> ERROR;
      default -> throw new IllegalArgumentException("no console stream " + number);
    };
  }
}
