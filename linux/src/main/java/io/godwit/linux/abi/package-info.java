/**
 * The lower tier of the bindings and everything that depends on the architecture: system call
 * numbers, constants, structure layouts, register files, code bytes. Classes marked {@link
 * io.godwit.linux.abi.CHeaders} are compared with the C headers by a test.
 */
@NullMarked
package io.godwit.linux.abi;

import org.jspecify.annotations.NullMarked;
