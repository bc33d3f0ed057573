/**
 * One class for each kind of resource, behind ResourceKind: see before the freeze, collect under
 * it, make again. Kinds know the image and the kernel, not each other.
 */
@NullMarked
package io.godwit.engine.kind;

import org.jspecify.annotations.NullMarked;
