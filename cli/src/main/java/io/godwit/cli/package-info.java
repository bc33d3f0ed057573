/**
 * The command: parse, ask the daemon, print for people or as JSON.
 *
 * <p>One class for each subcommand, none of which knows another, so that a cold start loads only
 * what it needs. A command gets its streams and environment in a {@link io.godwit.cli.CommandIo}
 * and returns its exit status; nothing here ends the JVM. Results go to standard output, everything
 * else to standard error.
 *
 * <p>Threads: the caller's, and in an attached console one that reads standard input; signals come
 * on threads of the JVM. The raw mode of a terminal is undone by whoever comes first, the end of
 * the session or a shutdown hook.
 */
@NullMarked
package io.godwit.cli;

import org.jspecify.annotations.NullMarked;
