package io.godwit.engine.kind.console;

/**
 * A file that the caller answers for: a pipe end, terminal or socket whose other end is outside of
 * the tree. Every descriptor of that file, in whichever process, becomes one of the descriptor that
 * the caller supplies for the role at restore.
 *
 * @param role the name that joins both sides, for example {@code "stdout"} or {@code "terminal"}
 * @param device st_dev of the file
 * @param inode st_ino of the file
 */
public record ExternalDescriptor(String role, long device, long inode) {
  public ExternalDescriptor {
    if (role.isEmpty()) {
      throw new IllegalArgumentException("an external descriptor needs a role");
    }
  }
}
