/**
 * Steps of the build that are written in Java: the jar of the client commands and the rehearsal
 * from which the JVM learns what a cold command needs.
 */
@NullMarked
package io.godwit.app.build;

import org.jspecify.annotations.NullMarked;
