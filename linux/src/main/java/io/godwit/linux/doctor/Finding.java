package io.godwit.linux.doctor;

/**
 * What was found of one feature.
 *
 * @param feature which
 * @param present whether it works here
 * @param detail what the probe saw: a size or version, or why it does not work
 */
public record Finding(Feature feature, boolean present, String detail) {
  /** The stable name, for example pagemap-scan. */
  public String name() {
    return feature.id();
  }

  public String purpose() {
    return feature.purpose();
  }

  /** What is lost without it. */
  public String loss() {
    return feature.loss();
  }

  /** How to get it. */
  public String remedy() {
    return feature.remedy();
  }
}
