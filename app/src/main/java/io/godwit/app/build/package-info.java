/**
 * Steps of the build that are written in Java: the jar of the client commands and the rehearsals
 * from which the JVM learns what a cold command and a daemon's first moves need.
 */
@NullMarked
package io.godwit.app.build;

import org.jspecify.annotations.NullMarked;
