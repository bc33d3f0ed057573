package io.godwit.core.control;

/** The three standard streams of a program, as frames name them. */
public enum ConsoleStream {
  INPUT(2),
  OUTPUT(3),
  ERROR(4);

  private final int frameType;

  ConsoleStream(int frameType) {
    this.frameType = frameType;
  }

  int frameType() {
    return frameType;
  }
}
