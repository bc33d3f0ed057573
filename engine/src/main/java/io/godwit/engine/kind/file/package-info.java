/**
 * Regular files, directories and names without access; where the paths of a process begin. A file
 * without a name travels with its content. Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.file;

import org.jspecify.annotations.NullMarked;
