/**
 * Building a tree from its image, in the stages of RestoreStage. Belongs to the thread of one
 * Tracer; on any failure everything that was built is killed.
 */
@NullMarked
package io.godwit.engine.restore;

import org.jspecify.annotations.NullMarked;
