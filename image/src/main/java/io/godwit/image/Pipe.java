package io.godwit.image;

import java.util.List;

/**
 * A pipe with what is in it.
 *
 * @param capacity in bytes (F_GETPIPE_SZ)
 * @param packets O_DIRECT: each segment is one packet; else their boundaries mean nothing
 * @param segments the content in order
 */
public record Pipe(ObjectId id, int capacity, boolean packets, List<Bytes> segments) {
  public Pipe {
    Require.range(capacity, 1, Integer.MAX_VALUE, "a pipe's capacity");
    segments = Require.entries(segments, "segments of a pipe");
    long held = 0;
    for (Bytes segment : segments) {
      held += segment.size();
    }
    Require.range(held, 0, Math.min(capacity, ImageLimits.MAX_STATE_BYTES), "a pipe's content");
  }
}
