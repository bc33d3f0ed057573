package io.godwit.node.peers;

import io.godwit.core.Release;
import io.godwit.linux.Userfaultfd;
import io.godwit.node.Configuration;
import io.godwit.node.migration.Negotiation;
import io.godwit.wire.proto.NodeDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What a node tells of its machine. Read afresh where it changes. */
public final class NodeFacts {
  /**
   * Flags of /proc/cpuinfo that programs in user space look for. The others concern the kernel, and
   * differ harmlessly.
   */
  private static final Set<String> USER_FLAGS =
      Set.of(
          ("sse sse2 pni ssse3 sse4_1 sse4_2 sse4a fma fma4 xop cx16 movbe popcnt aes pclmulqdq"
                  + " xsave xsaveopt xsavec avx f16c rdrand lahf_lm abm 3dnowprefetch fsgsbase bmi1"
                  + " hle avx2 bmi2 erms rtm avx512f avx512dq rdseed adx avx512ifma clflushopt clwb"
                  + " avx512cd sha_ni avx512bw avx512vl avx512vbmi avx512_vbmi2 gfni vaes vpclmulqdq"
                  + " avx512_vnni avx512_bitalg avx512_vpopcntdq rdpid cldemote movdiri movdir64b"
                  + " serialize amx_bf16 amx_tile amx_int8 avx512_fp16 avx_vnni avx512_bf16 pku ospke"
                  + " waitpkg fsrm rdtscp tbm clzero sha512 sm3 sm4")
              .split(" "));

  private final Configuration configuration;
  private final String kernel;
  private final String bootId;
  private final String processor;
  private final List<String> features;
  private final List<String> kernelFeatures;
  private final boolean following;

  /** Reads what stays the same while the machine runs. */
  public NodeFacts(Configuration configuration) {
    this(configuration, Userfaultfd.takesEvents());
  }

  /**
   * As above.
   *
   * @param following whether pages can follow a process to here
   */
  NodeFacts(Configuration configuration, boolean following) {
    this.configuration = configuration;
    this.kernel = text("/proc/sys/kernel/osrelease");
    this.bootId = text("/proc/sys/kernel/random/boot_id");
    String cpuinfo = text("/proc/cpuinfo");
    this.processor = field(cpuinfo, "model name");
    Set<String> flags = new TreeSet<>(List.of(field(cpuinfo, "flags").split(" ")));
    flags.retainAll(USER_FLAGS);
    this.features = List.copyOf(flags);
    this.kernelFeatures = readKernelFeatures();
    this.following = following;
  }

  /** Extensions of the instruction set that a program here may have found and use. */
  public List<String> cpuFeatures() {
    return features;
  }

  /** Features of the kernel that pods need. */
  public List<String> kernelFeatures() {
    return kernelFeatures;
  }

  public String architecture() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return name.equals("amd64") ? "x86_64" : name;
  }

  /**
   * The description as of now.
   *
   * @param foreign processes from elsewhere that are here
   */
  public NodeDescription describe(int foreign) {
    String memory = text("/proc/meminfo");
    long disk = 0;
    try {
      disk = Files.getFileStore(configuration.state()).getUsableSpace();
    } catch (IOException unknown) {
      disk = 0; // told as none: nothing is promised that may not be there
    }
    return NodeDescription.newBuilder()
        .setNode(configuration.name().name())
        .setAddress(configuration.advertise())
        .setBootId(bootId)
        .setSoftware(Release.VERSION)
        .setArchitecture(architecture())
        .setKernelRelease(kernel)
        .setCpuModel(processor)
        .addAllCpuFeatures(features)
        .setCpus(Runtime.getRuntime().availableProcessors())
        .setMemoryTotalBytes(kibibytes(memory, "MemTotal"))
        .setMemoryAvailableBytes(kibibytes(memory, "MemAvailable"))
        .setDiskAvailableBytes(disk)
        .setLoadAverage(load())
        .addAllKernelFeatures(kernelFeatures)
        .addAllKernelFeatures(following ? List.of(Negotiation.FOLLOWING) : List.of())
        .setAccepts(configuration.accept() && foreign < configuration.maxForeignProcesses())
        .setRefusesBecause(
            configuration.accept() ? "" : "guest.accept is false in its configuration")
        .setForeignProcesses(foreign)
        .build();
  }

  private static List<String> readKernelFeatures() {
    List<String> found = new ArrayList<>();
    for (String namespace : List.of("pid", "mnt", "uts", "ipc", "time")) {
      if (Files.exists(Path.of("/proc/self/ns/" + namespace))) {
        found.add(namespace + "-namespaces");
      }
    }
    return List.copyOf(found);
  }

  private static double load() {
    String text = text("/proc/loadavg");
    int space = text.indexOf(' ');
    try {
      return space < 0 ? 0 : Double.parseDouble(text.substring(0, space));
    } catch (NumberFormatException unreadable) {
      return 0;
    }
  }

  private static long kibibytes(String table, String name) {
    String value = field(table, name);
    int space = value.indexOf(' ');
    try {
      return Long.parseLong(space < 0 ? value : value.substring(0, space)) << 10;
    } catch (NumberFormatException unreadable) {
      return 0;
    }
  }

  /** The value of the first line "name : value". */
  private static String field(String table, String name) {
    for (String line : table.split("\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }
}
