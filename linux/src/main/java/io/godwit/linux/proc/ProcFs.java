package io.godwit.linux.proc;

import io.godwit.core.Pid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DirectoryEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A mounted proc file system. Process ids are those of the PID namespace it was mounted in; the one
 * of another namespace is reached through /proc/PID/root/proc.
 *
 * @param root where it is mounted
 */
public record ProcFs(String root) {
  /** The one at /proc. */
  public static ProcFs host() {
    return new ProcFs("/proc");
  }

  public ProcTask process(Pid pid) {
    return new ProcTask(root + "/" + pid);
  }

  /** The reading process itself. */
  public ProcTask self() {
    return new ProcTask(root + "/self");
  }

  /** The reading thread itself. */
  public ProcTask currentThread() {
    return new ProcTask(root + "/thread-self");
  }

  /** All processes that are there now, in ascending order. */
  public List<Pid> processes() {
    List<Pid> pids = new ArrayList<>();
    for (DirectoryEntry entry : Descriptors.list(root)) {
      if (Character.isDigit(entry.name().charAt(0))) {
        pids.add(new Pid(new Line("proc", 1, entry.name()).decimalInt()));
      }
    }
    Collections.sort(pids);
    return List.copyOf(pids);
  }

  public MemInfo memInfo() {
    return MemInfo.parse(read("meminfo"));
  }

  public LoadAverage loadAverage() {
    return LoadAverage.parse(read("loadavg"));
  }

  public List<CpuInfo> cpuInfo() {
    return CpuInfo.parse(readLarge("cpuinfo"));
  }

  public MachineStat stat() {
    return MachineStat.parse(readLarge("stat"));
  }

  public List<DiskStat> diskStats() {
    return DiskStat.parse(read("diskstats"));
  }

  public List<FileLock> locks() {
    return FileLock.parse(readLarge("locks"));
  }

  /**
   * Pressure stall information.
   *
   * @param resource cpu, memory or io
   */
  public Pressure pressure(String resource) {
    return Pressure.parse(read("pressure/" + resource));
  }

  public TimerList timerList() {
    return TimerList.parse(readLarge("timer_list"));
  }

  public Uptime uptime() {
    return Uptime.parse(read("uptime"));
  }

  public KernelVersion version() {
    return KernelVersion.parse(read("version"));
  }

  public List<SysvIpc.SharedMemory> sharedMemory() {
    return SysvIpc.SharedMemory.parse(readLarge("sysvipc/shm"));
  }

  public List<SysvIpc.Semaphores> semaphores() {
    return SysvIpc.Semaphores.parse(readLarge("sysvipc/sem"));
  }

  public List<SysvIpc.Messages> messageQueues() {
    return SysvIpc.Messages.parse(readLarge("sysvipc/msg"));
  }

  /** A setting below /proc/sys, without its line end. */
  public String setting(String name) {
    return read("sys/" + name.replace('.', '/')).strip();
  }

  static String text(String path, int limit) {
    return new String(Descriptors.readFile(path, limit), StandardCharsets.UTF_8);
  }

  private String read(String file) {
    return text(root + "/" + file, ProcLimits.FILE_BYTES);
  }

  private String readLarge(String file) {
    return text(root + "/" + file, ProcLimits.LARGE_FILE_BYTES);
  }
}
