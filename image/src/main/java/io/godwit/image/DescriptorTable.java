package io.godwit.image;

import java.util.List;

/**
 * The descriptors of a process. Processes that share one table (CLONE_FILES) carry equal copies
 * with one id.
 *
 * @param descriptors in ascending order of numbers
 */
public record DescriptorTable(ObjectId id, List<Descriptor> descriptors) {
  public DescriptorTable {
    descriptors = Require.list(descriptors, ImageLimits.MAX_DESCRIPTORS, "descriptors");
    for (int i = 1; i < descriptors.size(); i++) {
      Require.that(
          descriptors.get(i - 1).number() < descriptors.get(i).number(),
          "descriptor " + descriptors.get(i).number() + " repeats or precedes the one before it");
    }
  }

  /**
   * One descriptor.
   *
   * @param closeOnExec FD_CLOEXEC
   * @param description the open description that it refers to; dup(2) and fork(2) make several
   *     descriptors refer to one
   */
  public record Descriptor(int number, boolean closeOnExec, ObjectId description) {
    public Descriptor {
      Require.range(number, 0, ImageLimits.MAX_DESCRIPTORS - 1, "a descriptor");
    }
  }
}
