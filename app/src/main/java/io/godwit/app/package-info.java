/**
 * The assembled command: one main that finds a subcommand in its room and runs it, loading nothing
 * else.
 */
@NullMarked
package io.godwit.app;

import org.jspecify.annotations.NullMarked;
