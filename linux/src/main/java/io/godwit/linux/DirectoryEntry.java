package io.godwit.linux;

/**
 * A name in a directory as getdents64(2) gives it.
 *
 * @param type the DT_ value: 4 directory, 8 regular file, 10 symbolic link, 0 unknown
 */
public record DirectoryEntry(String name, long inode, int type) {
  public static final int DIRECTORY = 4;
  public static final int REGULAR = 8;
  public static final int LINK = 10;
}
