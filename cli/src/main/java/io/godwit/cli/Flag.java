package io.godwit.cli;

import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;

/** An option without a value: given or not. */
public final class Flag implements IGetter, ISetter {
  private Boolean given = false;

  Flag() {}

  /** Whether it was given. */
  public boolean given() {
    return given;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the interface's own shape
  public <T> T get() {
    return (T) given;
  }

  @Override
  public <T> T set(T value) {
    given = Boolean.TRUE.equals(value);
    return value;
  }
}
