/**
 * Who is whose parent, in which session and group, and who has ended without having been waited
 * for.
 */
@NullMarked
package io.godwit.engine.kind.tree;

import org.jspecify.annotations.NullMarked;
