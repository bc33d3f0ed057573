/** The FUSE kernel protocol spoken directly over /dev/fuse. */
@NullMarked
package io.godwit.linux.fuse;

import org.jspecify.annotations.NullMarked;
