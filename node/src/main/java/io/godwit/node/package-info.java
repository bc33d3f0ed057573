/** The daemon: wiring and threads. */
@NullMarked
package io.godwit.node;

import org.jspecify.annotations.NullMarked;
