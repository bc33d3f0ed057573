/**
 * The rules of the house: who may call whom, what each room keeps away from, how long a file is.
 */
@NullMarked
package io.godwit.it.house;

import org.jspecify.annotations.NullMarked;
