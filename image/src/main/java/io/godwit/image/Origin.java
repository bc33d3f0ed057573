package io.godwit.image;

import java.util.List;

/**
 * Where and by what an image was made. What is needed to decide, before anything is built, whether
 * another machine can go on with it.
 *
 * @param godwitVersion that wrote it
 * @param node or host name of the source
 * @param kernelRelease as uname -r gives it
 * @param architecture as uname -m gives it
 * @param cpuFeatures in use by the processes, by their names in /proc/cpuinfo
 * @param xstateMask the XSAVE state components in use (XCR0), 0 where there is none
 * @param pageSize in bytes
 */
public record Origin(
    String godwitVersion,
    String node,
    String kernelRelease,
    String architecture,
    List<String> cpuFeatures,
    long xstateMask,
    int pageSize) {
  public Origin {
    Require.name(godwitVersion, "a version");
    Require.name(node, "a node's name");
    Require.name(kernelRelease, "a kernel release");
    Require.name(architecture, "an architecture");
    cpuFeatures = Require.list(cpuFeatures, 4096, "CPU features");
    cpuFeatures.forEach(feature -> Require.name(feature, "a CPU feature"));
    Require.range(pageSize, 4096, 1 << 16, "a page size");
    Require.that(Integer.bitCount(pageSize) == 1, "a page size is a power of two: " + pageSize);
  }
}
