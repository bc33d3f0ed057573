package io.godwit.cli;

import java.util.List;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;

/** An option that may be given several times, or the rest of the arguments. */
public final class Texts implements IGetter, ISetter {
  private List<String> values = List.of();

  Texts() {}

  /** What was typed, in order. */
  public List<String> values() {
    return values;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the interface's own shape
  public <T> T get() {
    return (T) values;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> T set(T newValues) {
    values = newValues == null ? List.of() : (List<String>) newValues;
    return newValues;
  }
}
