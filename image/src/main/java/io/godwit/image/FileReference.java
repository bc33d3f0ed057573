package io.godwit.image;

import java.util.Optional;

/**
 * A file as the pod names it and as it was found at the freeze, so that a missing or changed one is
 * noticed before anything is rebuilt on it.
 *
 * @param path absolute, as seen from the pod's root; for a deleted file the name that it had
 * @param device st_dev at the source
 * @param inode st_ino at the source
 * @param mode st_mode: type and permission bits
 * @param size in bytes
 * @param modifiedNanos modification time in nanoseconds since 1970 (realtime clock)
 * @param savedContent where the content of a file without a name is kept in this image
 */
public record FileReference(
    String path,
    long device,
    long inode,
    int mode,
    long size,
    long modifiedNanos,
    Optional<ObjectId> savedContent) {
  public FileReference {
    Require.path(path, "a file's path");
    Require.that(path.startsWith("/"), "a file's path is absolute, not '" + path + "'");
    Require.notNegative(size, "a file's size");
  }

  /** Whether the file had no name any more. */
  public boolean deleted() {
    return savedContent.isPresent();
  }
}
