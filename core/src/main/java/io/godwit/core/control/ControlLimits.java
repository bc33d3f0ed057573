package io.godwit.core.control;

/** The bounds of the control protocol, checked at both ends. */
public final class ControlLimits {
  /** Version of the protocol spoken by this release; a request names it. */
  public static final int VERSION = 1;

  /** Largest JSON message, in bytes: room for a listing of some ten thousand processes. */
  public static final int MAX_MESSAGE_BYTES = 8 << 20;

  /** Largest piece of console bytes in one frame. */
  public static final int MAX_DATA_BYTES = 64 << 10;

  /** Deepest nesting of arrays and objects in a message. */
  public static final int MAX_JSON_DEPTH = 16;

  /** Most values in one message, members and elements of every level counted. */
  public static final int MAX_JSON_VALUES = 500_000;

  /** Longest single text in a message, in characters, unless a field allows less. */
  public static final int MAX_TEXT = 131_072;

  /** Most arguments, or environment entries, of a program to run. */
  public static final int MAX_ARGUMENTS = 4096;

  /** Longest name of a pod, in characters. */
  public static final int MAX_NAME = 63;

  private ControlLimits() {}
}
