package io.godwit.linux.proc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's release.
 *
 * @param release as {@code uname -r} prints it
 */
public record KernelVersion(int major, int minor, int patch, String release)
    implements Comparable<KernelVersion> {
  private static final Pattern NUMBERS =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?.*");

  /** From /proc/version, "Linux version 6.18.44 (...". */
  public static KernelVersion parse(String text) {
    Line line = Lines.only("version", text);
    String release = line.expect("Linux version").word();
    Matcher m = NUMBERS.matcher(release);
    if (!m.matches()) {
      throw line.wrong("'" + release + "' is not a version");
    }
    return new KernelVersion(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        m.group(3) == null ? 0 : Integer.parseInt(m.group(3)),
        release);
  }

  public boolean isAtLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
  }

  @Override
  public int compareTo(KernelVersion o) {
    int byMajor = Integer.compare(major, o.major);
    int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, o.minor);
    return byMinor != 0 ? byMinor : Integer.compare(patch, o.patch);
  }

  @Override
  public String toString() {
    return release;
  }
}
