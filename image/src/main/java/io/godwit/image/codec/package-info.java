/**
 * The file format of images; docs/design/image-format.md draws it. {@link
 * io.godwit.image.codec.ImageWriter} and {@link io.godwit.image.codec.ImageReader} are the way in
 * and out for directories, {@link io.godwit.image.codec.PodCodec} for metadata alone.
 *
 * <p>Threads: pages may be written from several threads and replayed by several; a writer's commit
 * and close belong to one. Locks: {@code ChunkBuilder} (gathering small ranges), then {@code
 * PageFileWriter} (place and record of a chunk); payloads are checksummed, coded and written
 * outside of the second. Invariants: a header names complete parts only; whatever is read is
 * compared with a limit before it takes memory; all failures are {@code GodwitException} with an
 * {@link io.godwit.image.ImageError}.
 */
@NullMarked
package io.godwit.image.codec;

import org.jspecify.annotations.NullMarked;
