/** What a process is at rest: immutable records. Knows nothing of how they were collected. */
@NullMarked
package io.godwit.image;

import org.jspecify.annotations.NullMarked;
