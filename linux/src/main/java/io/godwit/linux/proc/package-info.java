/** Parsers of /proc: bounded, strict, tested on recorded texts. */
@NullMarked
package io.godwit.linux.proc;

import org.jspecify.annotations.NullMarked;
