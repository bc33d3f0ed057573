/**
 * Typed views of /proc. {@link io.godwit.linux.proc.ProcFs} and {@link
 * io.godwit.linux.proc.ProcTask} read files, each with one open and bounded reads; the records
 * parse text and touch nothing, so that they are tested on recorded texts. Parsers are strict: a
 * field that is not as proc(5) says is a {@link io.godwit.linux.proc.ProcFormatException} naming
 * file, line and field. Fields that later kernels add at the end of a line, and keys that are not
 * known, are passed over. All records are immutable; the classes have no state and may be used by
 * any thread.
 *
 * <p>A file of a task that has gone is a LinuxException with ENOENT or ESRCH. Texts are read as
 * UTF-8.
 */
@NullMarked
package io.godwit.linux.proc;

import org.jspecify.annotations.NullMarked;
