package io.godwit.image;

import java.util.List;
import java.util.Optional;

/**
 * One address space without its pages, which the image keeps under the same id. Processes that
 * share it (CLONE_VM) carry equal copies with one id.
 *
 * @param auxv the auxiliary vector as /proc/PID/auxv gives it
 * @param executable what /proc/PID/exe names
 * @param mappings ascending, not overlapping
 * @param lockFuture mlockall(2) flags in force (MCL_FUTURE, MCL_ONFAULT), 0 for none
 */
public record AddressSpaceImage(
    ObjectId id,
    MemoryLayout layout,
    Bytes auxv,
    Optional<FileReference> executable,
    List<Vma> mappings,
    int lockFuture) {
  public AddressSpaceImage {
    Require.size(auxv, 0, 64 << 10, "the auxiliary vector");
    mappings = Require.list(mappings, ImageLimits.MAX_VMAS, "mappings");
    for (int i = 1; i < mappings.size(); i++) {
      Require.that(
          mappings.get(i - 1).range().end() <= mappings.get(i).range().start(),
          "mapping " + mappings.get(i).range() + " overlaps or precedes the one before it");
    }
  }

  /** The same with another number. */
  public AddressSpaceImage withId(ObjectId other) {
    return new AddressSpaceImage(other, layout, auxv, executable, mappings, lockFuture);
  }
}
