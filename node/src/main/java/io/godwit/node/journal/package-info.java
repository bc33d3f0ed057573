/**
 * What a node must remember beyond its own death: who owns which process, in which stage of which
 * migration. One small file for each record, replaced as a whole: written beside, forced to the
 * disk, renamed, and the directory forced. A record carries its own checksum, so that half a record
 * is an error with a name and never a wrong answer. Callers serialize writes of one record
 * themselves; different records are independent.
 */
@NullMarked
package io.godwit.node.journal;

import org.jspecify.annotations.NullMarked;
