package io.godwit.linux.proc;

import io.godwit.core.AddressRange;
import io.godwit.linux.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of /proc/PID/maps, proc_pid_maps(5).
 *
 * @param shared whether writes go to the file or the other sharers; else the mapping is private
 * @param offset in the file, bytes
 * @param inode 0 where no file is mapped
 * @param path path of the file, or a name in brackets ([heap], [stack], [vdso], [anon:name]), or
 *     empty; a deleted file ends with " (deleted)"
 */
public record MemoryMapping(
    AddressRange range,
    boolean readable,
    boolean writable,
    boolean executable,
    boolean shared,
    long offset,
    DeviceNumber device,
    long inode,
    String path) {
  private static final Pattern SEGMENT = Pattern.compile("/SYSV[0-9a-f]{8}( \\(deleted\\))?");

  private static final String DELETED = " (deleted)";

  /**
   * All mappings in ascending order. [vsyscall], which lies in the kernel's half of the address
   * space and is the same for every process, is left out.
   */
  public static List<MemoryMapping> parse(String text) {
    List<MemoryMapping> mappings = new ArrayList<>();
    for (Line line : Lines.of("maps", text)) {
      MemoryMapping mapping = parse(line);
      if (mapping != null) {
        mappings.add(mapping);
      }
    }
    return List.copyOf(mappings);
  }

  /** Null for a mapping in the kernel's half. */
  static @Nullable MemoryMapping parse(Line line) {
    long start = line.hex(line.until('-'));
    long end = line.hex();
    String permissions = line.word();
    if (permissions.length() != 4) {
      throw line.wrong("'" + permissions + "' are not permissions");
    }
    long offset = line.hex();
    String device = line.word();
    int colon = device.indexOf(':');
    if (colon < 0) {
      throw line.wrong("'" + device + "' is not a device");
    }
    DeviceNumber number =
        new DeviceNumber(
            line.hexInt(device.substring(0, colon)), line.hexInt(device.substring(colon + 1)));
    long inode = line.decimal();
    String path = Line.unescape(line.rest());
    if (start < 0) {
      return null;
    }
    if (end <= start) {
      throw line.wrong("the range is empty or turned round");
    }
    return new MemoryMapping(
        new AddressRange(start, end),
        flag(line, permissions, 0, 'r'),
        flag(line, permissions, 1, 'w'),
        flag(line, permissions, 2, 'x'),
        isShared(line, permissions.charAt(3)),
        offset,
        number,
        inode,
        path);
  }

  private static boolean flag(Line line, String permissions, int at, char set) {
    char c = permissions.charAt(at);
    if (c != set && c != '-') {
      throw line.wrong("'" + permissions + "' are not permissions");
    }
    return c == set;
  }

  private static boolean isShared(Line line, char c) {
    return switch (c) {
      case 's' -> true;
      case 'p' -> false;
      default -> throw line.wrong("'" + c + "' is neither shared nor private");
    };
  }

  /** Whether a file, a memfd or a device is mapped, rather than anonymous memory. */
  public boolean isFile() {
    return inode != 0;
  }

  /** Whether the name is one that the kernel gives, such as [heap] or [vdso]. */
  public boolean isSpecial() {
    return path.startsWith("[") && path.endsWith("]");
  }

  /** Whether a System V segment is attached here; the inode is then its id (ipc/shm.c). */
  public boolean isSystemVSegment() {
    return SEGMENT.matcher(path).matches();
  }

  public boolean isVdso() {
    return path.equals("[vdso]");
  }

  /** The pages of variables that belong to the vDSO: [vvar], and [vvar_vclock] since 6.13. */
  public boolean isVvar() {
    return path.equals("[vvar]") || path.equals("[vvar_vclock]");
  }

  public boolean isStack() {
    return path.equals("[stack]");
  }

  public boolean isHeap() {
    return path.equals("[heap]");
  }

  /** The name given with PR_SET_VMA_ANON_NAME, or null. */
  public @Nullable String anonymousName() {
    for (String prefix : List.of("[anon:", "[anon_shmem:")) {
      if (path.startsWith(prefix) && path.endsWith("]")) {
        return path.substring(prefix.length(), path.length() - 1);
      }
    }
    return null;
  }

  /**
   * Whether the file has no name any more. A file whose name really ends with " (deleted)" looks
   * the same; who must know compares inodes.
   */
  public boolean isDeleted() {
    return isFile() && path.endsWith(DELETED);
  }

  /** The path without the mark of a deleted file. */
  public String livePath() {
    return isDeleted() ? path.substring(0, path.length() - DELETED.length()) : path;
  }

  /** PROT_READ, PROT_WRITE and PROT_EXEC as mmap(2) takes them: 1, 2 and 4. */
  public int protection() {
    return (readable ? 1 : 0) | (writable ? 2 : 0) | (executable ? 4 : 0);
  }
}
