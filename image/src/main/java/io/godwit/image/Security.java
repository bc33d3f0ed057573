package io.godwit.image;

import java.util.List;
import java.util.Optional;

/**
 * What a thread may do.
 *
 * @param seccompMode 0 none, 1 strict, 2 filter
 * @param filters seccomp programs in the order in which they were installed
 * @param label the security module's label to set again, from /proc/PID/attr/current
 */
public record Security(
    Credentials credentials,
    boolean noNewPrivileges,
    int seccompMode,
    List<SeccompFilter> filters,
    Optional<String> label) {
  public Security {
    Require.range(seccompMode, 0, 2, "a seccomp mode");
    Require.that(seccompMode == 2 || filters.isEmpty(), "seccomp filters without filter mode");
    filters = Require.list(filters, 4096, "seccomp filters");
    label.ifPresent(text -> Require.name(text, "a security label"));
  }

  /** As most threads are: no seccomp, no security module. */
  public Security(Credentials credentials, boolean noNewPrivileges) {
    this(credentials, noNewPrivileges, 0, List.of(), Optional.empty());
  }

  /**
   * One seccomp program.
   *
   * @param flags SECCOMP_FILTER_FLAG_* that it was installed with
   * @param program an array of struct sock_filter, 8 bytes each, as PTRACE_SECCOMP_GET_FILTER gives
   */
  public record SeccompFilter(int flags, Bytes program) {
    public SeccompFilter {
      Require.size(program, 8, 8 * 4096, "a seccomp program");
      Require.that(program.size() % 8 == 0, "a seccomp program is made of 8-byte instructions");
    }
  }
}
