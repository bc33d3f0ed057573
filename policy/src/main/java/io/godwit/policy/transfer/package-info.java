/**
 * Which pages go when: one small class for each of the survey's data transfer strategies (section
 * 3.2). Pure: no thread, lock, socket, file, wall clock or unseeded randomness.
 */
@NullMarked
package io.godwit.policy.transfer;

import org.jspecify.annotations.NullMarked;
