package io.godwit.linux.doctor;

/** Tries one feature. */
@FunctionalInterface
interface Probe {
  /**
   * Gives back when the feature works.
   *
   * @return what is worth knowing about it, may be empty
   * @throws Missing when it does not, with the reason
   * @throws io.godwit.linux.LinuxException when the kernel refused
   */
  String look() throws Exception;

  /** The feature does not work. */
  final class Missing extends Exception {
    private static final long serialVersionUID = 1L;

    Missing(String reason) {
      super(reason, null, false, false);
    }
  }

  /** A detail, or Missing when a condition does not hold. */
  static String expect(boolean holds, String detail) throws Missing {
    if (!holds) {
      throw new Missing(detail);
    }
    return detail;
  }
}
