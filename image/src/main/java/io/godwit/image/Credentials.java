package io.godwit.image;

import java.util.List;

/**
 * Whose rights a thread has (credentials(7), capabilities(7)). User and group ids are unsigned
 * 32-bit numbers as the pod sees them.
 *
 * @param groups real, effective, saved and file system group
 * @param supplementaryGroups in the order of getgroups(2)
 * @param secureBits of PR_SET_SECUREBITS
 */
public record Credentials(
    UserIds users,
    UserIds groups,
    List<Integer> supplementaryGroups,
    Capabilities capabilities,
    int secureBits) {
  public Credentials {
    supplementaryGroups = Require.list(supplementaryGroups, 65_536, "supplementary groups");
  }

  /** Real, effective, saved and file system id. */
  public record UserIds(int real, int effective, int saved, int fileSystem) {}

  /** The five capability sets, one bit for each capability. */
  public record Capabilities(
      long inheritable, long permitted, long effective, long bounding, long ambient) {}
}
