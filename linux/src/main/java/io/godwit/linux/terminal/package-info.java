/** Terminals: raw mode and window size of a terminal that this process has open. */
@NullMarked
package io.godwit.linux.terminal;

import org.jspecify.annotations.NullMarked;
