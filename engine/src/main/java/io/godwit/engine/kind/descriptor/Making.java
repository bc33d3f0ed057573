package io.godwit.engine.kind.descriptor;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.DescriptorTable;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.PodImage;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.Namespaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kinds of files need while a tree is built. */
public final class Making {
  /** Status flags that fcntl(F_SETFL) changes. */
  public static final int CHANGEABLE =
      FileAbi.O_APPEND | FileAbi.O_NONBLOCK | FileAbi.O_DIRECT | FileAbi.O_NOATIME;

  private static final Pattern PROCESS_ROOT = Pattern.compile("/proc/(\\d+)/root/?");

  private final Restoration restoration;
  private final Map<ObjectId, OpenDescription> descriptions = new HashMap<>();

  private final Map<ObjectId, List<Holder>> holders = new HashMap<>();

  private Making(Restoration restoration) {
    this.restoration = restoration;
    restoration.image().descriptions().forEach(each -> descriptions.put(each.id(), each));
  }

  static Making of(Restoration restoration) {
    return restoration.attachment(Making.class, () -> new Making(restoration));
  }

  public Restoration restoration() {
    return restoration;
  }

  public PodImage image() {
    return restoration.image();
  }

  /** A description by its id. */
  public OpenDescription description(ObjectId id) {
    OpenDescription found = descriptions.get(id);
    if (found == null) {
      throw new IllegalArgumentException("no open description " + id + " in the image");
    }
    return found;
  }

  /** The descriptor of this process that stands for an object, if it has been made. */
  public Optional<Fd> made(ObjectId id) {
    return Optional.ofNullable(restoration.descriptors().get(id));
  }

  /** Enters a descriptor for an object; the restoration closes it. */
  public void made(ObjectId id, Fd fd) {
    restoration.descriptors().put(id, fd);
  }

  /** Where this process finds a path of the tree. */
  public String path(String podPath) {
    return restoration.root().resolve(podPath.substring(1)).toString();
  }

  /** A new open file of the same inode as a descriptor of this process. */
  public static Fd reopen(Fd fd, int statusFlags) {
    // Packet mode of a pipe can only be set afterwards.
    int flags = statusFlags & (FileAbi.O_ACCMODE | CHANGEABLE) & ~FileAbi.O_DIRECT;
    Fd made =
        Descriptors.open(
            "/proc/self/fd/" + fd.number(), flags | FileAbi.O_NOCTTY | FileAbi.O_CLOEXEC);
    return withFlags(made, statusFlags);
  }

  /** Gives an open file the status flags of its description. */
  public static Fd withFlags(Fd fd, int statusFlags) {
    int now = Descriptors.flags(fd);
    int wanted = (now & ~CHANGEABLE) | (statusFlags & CHANGEABLE);
    if (now != wanted) {
      Descriptors.setFlags(fd, wanted);
    }
    return fd;
  }

  /** Runs work in the network namespace of the tree. */
  public <T> T inNetwork(Callable<T> work) {
    Matcher matcher = PROCESS_ROOT.matcher(restoration.root().toString());
    String process = matcher.matches() ? matcher.group(1) : "self";
    return Namespaces.inNetwork("/proc/" + process + "/ns/net", work);
  }

  /** A process that has the open file, and its number there. */
  public record Holder(RestoredProcess process, int number) {}

  /** The first process that has a description, and where. */
  public Optional<Holder> holder(ObjectId id) {
    return holders(id).stream().findFirst();
  }

  /** Every descriptor that names a description. */
  public List<Holder> holders(ObjectId id) {
    if (holders.isEmpty()) {
      for (RestoredProcess process : restoration.processes()) {
        for (DescriptorTable.Descriptor each : process.image().descriptors().descriptors()) {
          holders
              .computeIfAbsent(each.description(), _ -> new ArrayList<>())
              .add(new Holder(process, each.number()));
        }
      }
    }
    return holders.getOrDefault(id, List.of());
  }

  /** What an image asks for and this machine does not give. */
  public static GodwitException impossible(String what, RuntimeException cause) {
    return new GodwitException(
        EngineError.NOT_RESTORABLE,
        what,
        String.valueOf(cause.getMessage()),
        "make it available on this machine as it was where the image was made",
        cause);
  }
}
