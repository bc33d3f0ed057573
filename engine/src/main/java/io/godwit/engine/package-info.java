/** A live process tree to an image and back, stage by stage. */
@NullMarked
package io.godwit.engine;

import org.jspecify.annotations.NullMarked;
