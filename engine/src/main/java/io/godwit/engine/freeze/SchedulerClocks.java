package io.godwit.engine.freeze;

import io.godwit.linux.LinuxException;
import io.godwit.linux.Scheduling;
import io.godwit.linux.proc.ProcFormatException;
import io.godwit.linux.proc.ProcFs;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The clocks by which the scheduler notes when a thread last ran ({@code se.exec_start} of
 * /proc/PID/sched). Each processor has its own: it stands still while the processor serves
 * interrupts or a hypervisor lends it to another machine, so that after days two of them are
 * seconds apart.
 */
final class SchedulerClocks {
  private SchedulerClocks() {}

  /**
   * Looks at clocks, each on its own processor, to which the calling thread goes for a moment.
   *
   * @return by processor, what has to be added to its clock for System.nanoTime(); a processor to
   *     which this process may not go has none
   */
  static Map<Integer, Long> behindNanoTime(Set<Integer> processors) {
    Map<Integer, Long> offsets = new HashMap<>();
    BitSet usual;
    try {
      usual = Scheduling.ownAffinity();
    } catch (LinuxException e) {
      return offsets;
    }
    try {
      for (int processor : processors) {
        look(processor, offsets);
      }
    } finally {
      Scheduling.setOwnAffinity(usual);
    }
    return offsets;
  }

  private static void look(int processor, Map<Integer, Long> into) {
    BitSet only = new BitSet();
    only.set(processor);
    try {
      Scheduling.setOwnAffinity(only);
      Thread.sleep(0, 1); // who has just slept has been clocked
      long clock = ProcFs.host().currentThread().sched().execStartNanos();
      into.put(processor, System.nanoTime() - clock);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (LinuxException | ProcFormatException e) {
      // Not ours to go to, or a kernel without this file: what sleeps there begins anew.
    }
  }
}
