/**
 * The FUSE protocol spoken directly over /dev/fuse, without libfuse. {@link
 * io.godwit.linux.fuse.FuseServer} mounts a {@link io.godwit.linux.fuse.FileTree} and answers the
 * kernel with several platform threads that read the same descriptor; a lock that is waited for has
 * a virtual thread of its own, so that it cannot use up the others. The tree is called by these
 * threads at once and keeps its own order. Requests come from the kernel, yet their lengths are
 * checked before they are read.
 */
@NullMarked
package io.godwit.linux.fuse;

import org.jspecify.annotations.NullMarked;
