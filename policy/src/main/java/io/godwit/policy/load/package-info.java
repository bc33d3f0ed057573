/**
 * Load information management (survey section 2.7): collection, representation and dissemination,
 * each with interchangeable policies. Pure.
 */
@NullMarked
package io.godwit.policy.load;

import org.jspecify.annotations.NullMarked;
