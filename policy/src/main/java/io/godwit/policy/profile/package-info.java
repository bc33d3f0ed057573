/**
 * A profile names one choice for each axis of load information and scheduling, so that a system of
 * the survey, or one of the classic families, is a small file. The text of a profile is read here;
 * whoever calls brings the text, so this package opens no file. The profiles that come with Godwit
 * are resources named {@code /io/godwit/profiles/NAME.toml} of this module.
 */
@NullMarked
package io.godwit.policy.profile;

import org.jspecify.annotations.NullMarked;
