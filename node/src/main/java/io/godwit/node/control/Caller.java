package io.godwit.node.control;

/**
 * Who is at the other end of a control connection, by the word of the kernel.
 *
 * @param uid the user id
 * @param user the user's name, or the id as text where it has none
 */
public record Caller(int uid, String user) {
  public boolean isRoot() {
    return uid == 0;
  }

  /** Whether the caller may act on a process of that user. */
  public boolean mayActOn(int ownerUid) {
    return uid == 0 || uid == ownerUid;
  }
}
