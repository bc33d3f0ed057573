/**
 * The page store of flushing (Sprite; survey 3.2): files with the pages that a process left when it
 * moved, of which its destination takes those that are touched, and in the end all.
 *
 * <p>A file is written while the process runs, by one thread, under a name of its own, and gets its
 * final name when everything in it is on the disk: one with that name is whole. It is never changed
 * afterwards, and read by one thread at a time. What has been read is checked before anybody sees
 * it. Whoever has all its pages removes the file; files that nobody has touched for long are swept
 * away.
 *
 * <p>The directory may be shared by several machines. Nothing in it is trusted that another user
 * than this daemon's own could have put there.
 */
@NullMarked
package io.godwit.node.store;

import org.jspecify.annotations.NullMarked;
