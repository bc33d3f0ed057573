package io.godwit.image;

/**
 * The content of a file that has no name any more. The bytes are in the image's pages under its id,
 * addressed by offset; holes are absent.
 *
 * @param size of the file in bytes
 * @param mode st_mode
 * @param user owner
 * @param group owning group
 */
public record SavedContent(ObjectId id, long size, int mode, int user, int group) {
  public SavedContent {
    Require.notNegative(size, "a file's size");
  }
}
