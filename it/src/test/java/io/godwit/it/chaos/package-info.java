/**
 * Programs that move at random between nodes whose daemons die at random. What happens when is
 * drawn from a seed; how far each thing has come by then is the machine's affair, so that one seed
 * tries other moments on each run.
 */
@NullMarked
package io.godwit.it.chaos;

import org.jspecify.annotations.NullMarked;
