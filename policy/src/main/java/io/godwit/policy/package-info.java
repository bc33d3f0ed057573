/**
 * What the packages of this room share: the kinds of failures. Everything below is pure: it decides
 * and touches nothing.
 */
@NullMarked
package io.godwit.policy;

import org.jspecify.annotations.NullMarked;
