/**
 * Starts processes without help of any other program: a script of system calls, written by Java
 * into a static ELF file of a few hundred bytes of machine code and a table, that is started with
 * posix_spawn, walks the table, forks where the table says so and ends as an init or in an execve.
 *
 * <p>No thread and no lock live here. A script is built by one thread; the calls are safe from any.
 */
@NullMarked
package io.godwit.linux.launch;

import org.jspecify.annotations.NullMarked;
