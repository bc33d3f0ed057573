/**
 * Distributed scheduling (survey section 2.8): activation, selection and location policies, and the
 * reasons for what they decide. Pure.
 */
@NullMarked
package io.godwit.policy.scheduling;

import org.jspecify.annotations.NullMarked;
