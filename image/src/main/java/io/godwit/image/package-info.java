/**
 * What a pod is at rest: immutable records, from the whole tree ({@link io.godwit.image.PodImage})
 * down to one pending signal. Knows nothing of how they were collected or will be recreated.
 *
 * <p>Invariants: no component is ever null (absence is {@code Optional} or a sealed case); every
 * collection is an unmodifiable copy; every constructor checks the bounds named in {@link
 * io.godwit.image.ImageLimits} and throws {@link IllegalArgumentException}, so that a record that
 * exists is one that could be restored as far as the record alone can tell. Numbers that belong to
 * the kernel (signal, clock, option, flag numbers) are kept as the kernel's own numbers of the
 * image's architecture. Objects that several others refer to (address spaces, open descriptions,
 * pipes, shared memory, saved file contents) have an {@link io.godwit.image.ObjectId} that is
 * unique in the image. No thread, no lock, no input or output.
 */
@NullMarked
package io.godwit.image;

import org.jspecify.annotations.NullMarked;
