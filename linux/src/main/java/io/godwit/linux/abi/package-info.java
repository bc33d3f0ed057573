/**
 * The lower tier of the bindings and everything that depends on the architecture: system call
 * numbers, structure layouts, register files, code bytes. The only package that touches
 * java.lang.foreign.
 */
@NullMarked
package io.godwit.linux.abi;

import org.jspecify.annotations.NullMarked;
