package io.godwit.node.migration;

import com.google.protobuf.ByteString;
import io.godwit.core.ErrorCode;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.wire.proto.FileRequirement;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.Refusal;
import io.godwit.wire.proto.Requirements;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node can take a process: every obstacle is found and named with what would help,
 * before the process notices anything.
 */
public final class Negotiation {
  /**
   * What a kernel has that lets pages follow a process there: see userfaultfd(2). No process needs
   * it: without, all of its pages go in the freeze.
   */
  public static final String FOLLOWING = "userfaultfd";

  private final NodeDescription here;
  private final Guests guests;
  private final Function<String, @Nullable FileFacts> files;
  private final Function<String, byte[]> hash;
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<String> hashWanted = new ArrayList<>();

  /**
   * What the owner of this node allows, and what is here already.
   *
   * @param users user names admitted; empty admits all
   */
  public record Guests(
      boolean accepted, int maximum, int present, List<String> users, long memoryReserveBytes) {
    public Guests {
      users = List.copyOf(users);
    }
  }

  /**
   * The outcome: no refusal and no wanted hash means that the process is taken.
   *
   * @param kernelFeatures what the kernel here has
   */
  public record Outcome(
      List<Refusal> refusals, List<String> hashWanted, List<String> kernelFeatures) {
    public Outcome {
      refusals = List.copyOf(refusals);
      hashWanted = List.copyOf(hashWanted);
      kernelFeatures = List.copyOf(kernelFeatures);
    }
  }

  private Negotiation(
      NodeDescription here,
      Guests guests,
      Function<String, @Nullable FileFacts> files,
      Function<String, byte[]> hash) {
    this.here = here;
    this.guests = guests;
    this.files = files;
    this.hash = hash;
  }

  /** Compares what a process needs with what this node has and what its files are. */
  public static Outcome compare(Requirements needs, NodeDescription here, Guests guests) {
    return compare(needs, here, guests, FileFacts::of, FileFacts::sha256);
  }

  static Outcome compare(
      Requirements needs,
      NodeDescription here,
      Guests guests,
      Function<String, @Nullable FileFacts> files,
      Function<String, byte[]> hash) {
    Negotiation negotiation = new Negotiation(here, guests, files, hash);
    negotiation.willingness(needs);
    negotiation.machine(needs);
    negotiation.room(needs);
    if (needs.getFilesCount() > NodeLimits.NEGOTIATED_FILES) {
      negotiation.refuse(
          NodeError.NOT_WILLING,
          "comparing files",
          "the process uses " + needs.getFilesCount() + " files",
          "at most " + NodeLimits.NEGOTIATED_FILES + " can be compared");
    } else {
      needs.getFilesList().forEach(negotiation::file);
    }
    return new Outcome(negotiation.refusals, negotiation.hashWanted, here.getKernelFeaturesList());
  }

  private void willingness(Requirements needs) {
    if (!guests.accepted()) {
      refuse(
          NodeError.NOT_WILLING,
          "taking a foreign process",
          "node " + here.getNode() + " takes none (guest.accept = false)",
          "choose another node");
    }
    if (guests.present() >= guests.maximum()) {
      refuse(
          NodeError.NOT_WILLING,
          "taking a foreign process",
          "node " + here.getNode() + " has " + guests.present() + " already",
          "choose another node, or raise guest.max-processes there");
    }
    if (!guests.users().isEmpty() && !guests.users().contains(needs.getUser())) {
      refuse(
          NodeError.USER_NOT_ADMITTED,
          "taking a process of user " + needs.getUser(),
          "node " + here.getNode() + " admits " + guests.users(),
          "choose another node, or add the user to guest.users there");
    }
  }

  private void machine(Requirements needs) {
    if (!needs.getArchitecture().equals(here.getArchitecture())) {
      refuse(
          NodeError.ARCHITECTURE_DIFFERS,
          "running code for " + needs.getArchitecture(),
          "node " + here.getNode() + " is " + here.getArchitecture(),
          "choose a node of the same architecture");
      return;
    }
    Set<String> missing = new HashSet<>(needs.getCpuFeaturesList());
    missing.removeAll(here.getCpuFeaturesList());
    if (!missing.isEmpty()) {
      refuse(
          NodeError.CPU_FEATURE_MISSING,
          "running on the processor " + here.getCpuModel(),
          "it lacks " + String.join(", ", missing.stream().sorted().toList()),
          "choose a node whose processor has them, or start the program where they are lacking");
    }
    long xsave = needs.getXsaveMask() & ~here.getXsaveMask();
    if (xsave != 0 && here.getXsaveMask() != 0) {
      refuse(
          NodeError.CPU_FEATURE_MISSING,
          "restoring the processor's extended state",
          "its components 0x" + Long.toHexString(xsave) + " are not enabled there",
          "choose a node whose processor and kernel have them");
    }
    Set<String> kernel = new HashSet<>(needs.getKernelFeaturesList());
    kernel.removeAll(here.getKernelFeaturesList());
    if (!kernel.isEmpty()) {
      refuse(
          NodeError.KERNEL_FEATURE_MISSING,
          "running on kernel " + here.getKernelRelease(),
          "it lacks " + String.join(", ", kernel.stream().sorted().toList()),
          "'godwit doctor' on that node says how to get them");
    }
  }

  private void room(Requirements needs) {
    long free = here.getMemoryAvailableBytes() - guests.memoryReserveBytes();
    if (Long.compareUnsigned(needs.getMemoryBytes(), Math.max(0, free)) > 0) {
      refuse(
          NodeError.NOT_ENOUGH_MEMORY,
          "taking " + (needs.getMemoryBytes() >> 20) + " MiB of memory",
          "node " + here.getNode() + " can give " + (Math.max(0, free) >> 20) + " MiB",
          "choose a node with more memory, or lower guest.memory-reserve-mib there");
    }
    if (Long.compareUnsigned(needs.getDiskBytes(), here.getDiskAvailableBytes()) > 0) {
      refuse(
          NodeError.NOT_ENOUGH_DISK,
          "taking " + (needs.getDiskBytes() >> 20) + " MiB of files",
          "node " + here.getNode() + " has " + (here.getDiskAvailableBytes() >> 20) + " MiB",
          "make room on that node's disk");
    }
  }

  private void file(FileRequirement need) {
    FileFacts found = files.apply(need.getPath());
    String what = "finding the " + need.getRole() + " " + need.getPath();
    if (found == null || found.directory() != need.getDirectory()) {
      refuse(
          NodeError.FILE_MISSING,
          what,
          "node "
              + here.getNode()
              + (found == null ? " has none" : " has something else of that name"),
          "copy or share it to the same path there");
      return;
    }
    if (need.getDirectory() || !need.getContentMatters()) {
      return;
    }
    if (found.size() != need.getSize()) {
      refuse(
          NodeError.FILE_DIFFERS,
          what,
          "it has "
              + found.size()
              + " bytes on node "
              + here.getNode()
              + " and "
              + need.getSize()
              + " at the source",
          "install the same version on both nodes");
      return;
    }
    if (found.mtimeNanos() == need.getMtimeNanos()) {
      return;
    }
    if (need.getSha256().isEmpty()) {
      hashWanted.add(need.getPath());
    } else if (!ByteString.copyFrom(hash.apply(need.getPath())).equals(need.getSha256())) {
      refuse(
          NodeError.FILE_DIFFERS,
          what,
          "its content on node " + here.getNode() + " differs from that at the source",
          "install the same version on both nodes");
    }
  }

  private void refuse(ErrorCode code, String what, String why, String advice) {
    refusals.add(
        Refusal.newBuilder()
            .setCode(code.code())
            .setWhat(what)
            .setWhy(why)
            .setAdvice(advice)
            .build());
  }
}
