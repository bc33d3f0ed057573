/** The command: parse, ask the daemon, print for people or as JSON. */
@NullMarked
package io.godwit.cli;

import org.jspecify.annotations.NullMarked;
