package io.godwit.core;

/** Which release this is; a test compares it with the build's version. */
public final class Release {
  public static final String VERSION = "0.1.0";

  private Release() {}
}
