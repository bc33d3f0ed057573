/** Tests of the arithmetic of measurements, and of the moved program itself. */
@NullMarked
package io.godwit.bench;

import org.jspecify.annotations.NullMarked;
