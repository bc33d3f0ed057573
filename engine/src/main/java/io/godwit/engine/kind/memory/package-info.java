/** Address spaces: mappings, their pages, the fields of the mm, shared memory objects, the vDSO. */
@NullMarked
package io.godwit.engine.kind.memory;

import org.jspecify.annotations.NullMarked;
