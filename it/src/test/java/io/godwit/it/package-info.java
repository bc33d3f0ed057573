/**
 * Tests of the whole: real programs moved between real nodes, faults at every step, and the rules
 * of the house. What a test needs (compilers, interpreters) is installed by the test script; a test
 * whose program is missing is skipped and says which.
 */
@NullMarked
package io.godwit.it;

import org.jspecify.annotations.NullMarked;
