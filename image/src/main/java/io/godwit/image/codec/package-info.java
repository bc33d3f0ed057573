/**
 * The file and stream format of images: a header that a person can read, protobuf metadata, raw
 * page extents, CRC32C over everything.
 */
@NullMarked
package io.godwit.image.codec;

import org.jspecify.annotations.NullMarked;
