package io.godwit.image;

/**
 * An attribute to set again with prctl(2).
 *
 * @param option the PR_SET_* (or PR_*) number
 * @param value its second argument
 * @param third its third argument, mostly 0
 */
public record PrctlAttribute(int option, long value, long third) {
  /** An attribute of one argument. */
  public PrctlAttribute(int option, long value) {
    this(option, value, 0);
  }
}
