/**
 * Looks at images for people and scripts: what {@code godwit image show}, {@code verify} and {@code
 * diff} print. {@link io.godwit.image.inspect.ImageInspection} is the way in. Each answer is made
 * twice from the same records, as text and as JSON. No threads; bounded by the image's limits.
 */
@NullMarked
package io.godwit.image.inspect;

import org.jspecify.annotations.NullMarked;
