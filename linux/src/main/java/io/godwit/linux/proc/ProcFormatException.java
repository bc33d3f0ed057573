package io.godwit.linux.proc;

/** A file of /proc whose content is not as proc(5) describes it. */
public final class ProcFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_EXCERPT = 120;

  /**
   * @param file what was read, "maps"
   * @param line counted from 1
   * @param problem what was expected
   */
  public ProcFormatException(String file, int line, String problem, String text) {
    super(file + ", line " + line + ": " + problem + " in \"" + excerpt(text) + "\"");
  }

  private static String excerpt(String text) {
    return text.length() <= MAX_EXCERPT ? text : text.substring(0, MAX_EXCERPT) + "...";
  }
}
