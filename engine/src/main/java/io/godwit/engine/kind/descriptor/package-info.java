/**
 * The table of descriptors of each process, and the open files behind it. {@link
 * io.godwit.engine.kind.descriptor.DescriptorKind} finds which descriptors name the same open file
 * (kcmp), lets one {@link io.godwit.engine.kind.descriptor.FileKind} describe each open file and
 * make it again in this process, and passes the results into the processes that are built, in the
 * places that {@link io.godwit.engine.kind.descriptor.Placement} computes. Open files are looked at
 * through descriptors fetched from the frozen processes, so that nothing is injected for it.
 *
 * <p>Belongs to the tracer's thread. Every descriptor fetched while collecting is closed before
 * collecting ends; those made while restoring are the restoration's.
 */
@NullMarked
package io.godwit.engine.kind.descriptor;

import org.jspecify.annotations.NullMarked;
