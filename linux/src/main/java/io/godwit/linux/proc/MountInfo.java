package io.godwit.linux.proc;

import io.godwit.linux.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of /proc/PID/mountinfo, proc_pid_mountinfo(5).
 *
 * @param root the directory of the file system that is mounted
 * @param mountPoint relative to the process's root
 * @param options of the mount (ro, nosuid, relatime...)
 * @param optionalFields shared:N, master:N, propagate_from:N, unbindable
 * @param source what is mounted, a device or a word of the file system
 * @param superOptions of the file system itself
 */
public record MountInfo(
    int id,
    int parent,
    DeviceNumber device,
    String root,
    String mountPoint,
    List<String> options,
    List<String> optionalFields,
    String type,
    String source,
    List<String> superOptions) {
  public MountInfo {
    options = List.copyOf(options);
    optionalFields = List.copyOf(optionalFields);
    superOptions = List.copyOf(superOptions);
  }

  /** All mounts in the order of the file. */
  public static List<MountInfo> parse(String text) {
    return Lines.map("mountinfo", text, 0, MountInfo::parse);
  }

  private static MountInfo parse(Line line) {
    int id = line.decimalInt();
    int parent = line.decimalInt();
    String[] device = line.word().split(":", -1);
    if (device.length != 2) {
      throw line.wrong("the third field is not a device");
    }
    DeviceNumber number = new DeviceNumber(line.decimalInt(device[0]), line.decimalInt(device[1]));
    String root = Line.unescape(line.word());
    String mountPoint = Line.unescape(line.word());
    List<String> options = split(line.word());
    List<String> optional = new ArrayList<>();
    for (String word = line.word(); !word.equals("-"); word = line.word()) {
      optional.add(word);
    }
    String type = line.word();
    // An empty source is printed as nothing between two blanks.
    String[] rest = line.rest().split(" ", -1);
    String source = rest.length > 1 ? Line.unescape(rest[0]) : "";
    return new MountInfo(
        id,
        parent,
        number,
        root,
        mountPoint,
        options,
        optional,
        type,
        source,
        split(rest[rest.length - 1]));
  }

  private static List<String> split(String options) {
    return options.isEmpty() ? List.of() : List.of(options.split(",", -1));
  }

  public boolean isReadOnly() {
    return options.contains("ro");
  }

  /** The peer group it shares propagation with, or null. */
  public @Nullable Integer sharedGroup() {
    return group("shared:");
  }

  /** The peer group it receives propagation from, or null. */
  public @Nullable Integer masterGroup() {
    return group("master:");
  }

  private @Nullable Integer group(String prefix) {
    for (String field : optionalFields) {
      if (field.startsWith(prefix)) {
        try {
          return Integer.valueOf(field.substring(prefix.length()));
        } catch (NumberFormatException e) {
          throw new ProcFormatException("mountinfo", 1, "not a peer group", field);
        }
      }
    }
    return null;
  }
}
