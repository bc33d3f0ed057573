package io.godwit.node.metrics;

import io.godwit.node.metrics.Exposition.Labels;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;

/** The daemon's own virtual machine and process, under the names that dashboards know. */
public final class MachineFigures {
  private static final double MILLIS = 1000;
  private static final double NANOS = 1e9;

  private MachineFigures() {}

  public static void expose(Exposition out) {
    String used = "jvm_memory_used_bytes";
    out.metric(used, "gauge", "Memory of the daemon's virtual machine that is in use.");
    var memory = ManagementFactory.getMemoryMXBean();
    sample(out, used, "heap", memory.getHeapMemoryUsage());
    sample(out, used, "nonheap", memory.getNonHeapMemoryUsage());
    out.gauge(
        "jvm_memory_max_bytes",
        "Heap that the daemon's virtual machine may have at most.",
        memory.getHeapMemoryUsage().getMax());
    String count = "jvm_gc_collections_total";
    String seconds = "jvm_gc_collection_seconds_total";
    out.metric(count, "counter", "Collections of garbage.");
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      out.sample(count, Labels.of("gc", each.getName()), Math.max(0, each.getCollectionCount()));
    }
    out.metric(seconds, "counter", "Time in collections of garbage.");
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      out.sample(
          seconds, Labels.of("gc", each.getName()), Math.max(0, each.getCollectionTime()) / MILLIS);
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    out.gauge("jvm_threads_current", "Platform threads.", threads.getThreadCount());
    var system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
      out.counter(
          "process_cpu_seconds_total",
          "Processor time that the daemon has used.",
          Math.max(0, unix.getProcessCpuTime()) / NANOS);
      out.gauge(
          "process_open_fds",
          "Descriptors that the daemon has open.",
          unix.getOpenFileDescriptorCount());
      out.gauge(
          "process_max_fds",
          "Descriptors that it may have open.",
          unix.getMaxFileDescriptorCount());
    }
    out.gauge(
        "process_start_time_seconds",
        "When the daemon was started, seconds since 1970.",
        ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS);
  }

  private static void sample(Exposition out, String name, String area, MemoryUsage usage) {
    out.sample(name, Labels.of("area", area), usage.getUsed());
  }
}
