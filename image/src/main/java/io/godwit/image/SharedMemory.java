package io.godwit.image;

import java.util.Optional;

/**
 * Memory that several mappings or descriptors share: shared anonymous memory, a memfd, a deleted
 * file of a tmpfs. Its pages are in the image under its id, addressed by offset.
 *
 * @param size in bytes
 * @param memfdName of memfd_create(2); absent for memory that never had a descriptor
 * @param seals F_SEAL_*
 * @param flags MFD_* it was made with, such as MFD_HUGETLB and its size bits
 * @param mode permission bits of its file
 */
public record SharedMemory(
    ObjectId id, long size, Optional<String> memfdName, int seals, int flags, int mode) {
  public SharedMemory {
    Require.notNegative(size, "the size of shared memory");
    memfdName.ifPresent(name -> Require.name(name, "a memfd's name"));
    Require.notNegative(seals, "seals");
    Require.range(mode, 0, 07777, "the mode of shared memory");
  }
}
