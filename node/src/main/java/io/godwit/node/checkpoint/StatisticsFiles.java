package io.godwit.node.checkpoint;

import io.godwit.image.FileReference;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The statistics of Java machines, {@code /tmp/hsperfdata_USER/PID}: a file that each maps and
 * counts in, and that any other Java machine removes once no process has that number. A program
 * that comes back gets an empty one, in which it counts on.
 */
final class StatisticsFiles {
  private static final Pattern NAME = Pattern.compile("/tmp/hsperfdata_[^/]{1,64}/[0-9]{1,7}");
  private static final long MAX_BYTES = 1 << 20;

  private StatisticsFiles() {}

  /**
   * Makes those that are missing; gives back what was made.
   *
   * @param root the root directory of the processes, as this process sees it
   */
  static List<Path> makeMissing(PodImage image, Path root) {
    List<Path> made = new ArrayList<>();
    for (LiveProcess process : image.live()) {
      for (Vma vma : process.memory().mappings()) {
        if (vma.shared()
            && vma.kind() instanceof VmaKind.FileMapping mapping
            && NAME.matcher(mapping.file().path()).matches()
            && mapping.file().size() <= MAX_BYTES) {
          make(mapping.file(), process, root, made);
        }
      }
    }
    return made;
  }

  private static void make(FileReference file, LiveProcess process, Path root, List<Path> made) {
    Path path = root.resolve(file.path().substring(1));
    try {
      Path directory = path.getParent();
      if (directory != null && !Files.exists(directory)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        own(directory, process);
      }
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      made.add(path);
      Files.write(path, new byte[(int) file.size()]);
      own(path, process);
    } catch (FileAlreadyExistsException there) {
      return;
    } catch (IOException e) {
      return; // the rebuilding names the file that it misses
    }
  }

  private static void own(Path path, LiveProcess process) throws IOException {
    Files.setAttribute(path, "unix:uid", process.security().credentials().users().effective());
    Files.setAttribute(path, "unix:gid", process.security().credentials().groups().effective());
  }
}
