package io.godwit.engine.extract;

import io.godwit.image.Origin;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.proc.CpuInfo;
import io.godwit.linux.proc.ProcFs;
import java.util.List;

/** What an image says of the machine that it was made on. */
public final class Origins {
  private static final int PAGE_SIZE = 4096;

  private Origins() {}

  /**
   * This machine.
   *
   * @param node its name
   */
  public static Origin here(String godwitVersion, String node) {
    List<CpuInfo> processors = ProcFs.host().cpuInfo();
    return new Origin(
        godwitVersion,
        node,
        ProcFs.host().version().release(),
        Architecture.current().name(),
        processors.isEmpty() ? List.of() : processors.getFirst().flags().stream().sorted().toList(),
        0,
        PAGE_SIZE);
  }
}
