/**
 * What cannot be carried, found before anything is frozen. {@link
 * io.godwit.engine.refusal.TreeSurveyor} reads /proc once into records; the rules are functions of
 * those records, so that each is tested without a process; all that they object to is reported
 * together. Nothing here stops, signals or changes a process. A process can still acquire something
 * between survey and freeze: the collectors of the kinds meet it then and fail, and the freeze is
 * undone.
 */
@NullMarked
package io.godwit.engine.refusal;

import org.jspecify.annotations.NullMarked;
