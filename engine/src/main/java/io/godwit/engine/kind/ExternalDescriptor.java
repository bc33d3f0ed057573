package io.godwit.engine.kind;

/**
 * Something outside of the tree that its descriptors refer to and that the caller provides again
 * after a move: the pod's terminal or one of its standard streams.
 *
 * @param role the caller's name for it, for example {@code "stdout"}
 * @param device st_dev of what the descriptor refers to
 * @param inode st_ino of what the descriptor refers to
 */
public record ExternalDescriptor(String role, long device, long inode) {}
