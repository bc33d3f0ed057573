package io.godwit.node.store;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * A directory with the pages of processes that flushing has moved: {@code MIGRATION.pages}, and
 * {@code MIGRATION.partial} while it is written. Both belong to the daemon's user alone. Safe for
 * use by several threads, and by several machines at once.
 *
 * @param limit bytes that all files may have together; daemons that write at the same time may
 *     exceed it by {@link #STEP} each
 * @param retention how long a file is kept that nobody has used
 */
public record PageStore(Path directory, long limit, Duration retention) {
  private static final Logger LOG = System.getLogger(PageStore.class.getName());
  private static final String WHOLE = ".pages";
  private static final String PARTIAL = ".partial";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final int OTHERS_WRITE = 022;
  private static final int OTHERS = 077;

  /** After so many bytes of a file it is looked again what all have. */
  static final long STEP = 64L << 20;

  /** Begins a file; without a name that others take for whole. Removes what is too old. */
  public PageFileWriter create(StoredFacts facts) {
    requireOwn(directory, OTHERS_WRITE);
    sweep();
    Path partial = file(facts.migration(), PARTIAL);
    try {
      Set<StandardOpenOption> options =
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      FileChannel channel = FileChannel.open(partial, options, OWNER_ONLY);
      return new PageFileWriter(
          partial, file(facts.migration(), WHOLE), facts, channel, room(partial));
    } catch (IOException failed) {
      throw PageFile.failed("making", partial, failed);
    }
  }

  /** Looks again only when the file has grown by much. */
  private LongConsumer room(Path own) {
    long[] granted = {0};
    return length -> {
      if (length <= granted[0]) {
        return;
      }
      long others = usedBeside(own);
      if (others + length > limit) {
        throw new GodwitException(
            NodeError.PAGE_STORE,
            "writing pages to " + own,
            "the files in " + directory + " would have more than " + (limit >> 20) + " MiB",
            "raise store.limit-mib, wait until other processes have their pages, or choose"
                + " another strategy");
      }
      granted[0] = Math.min(length + STEP, limit - others);
    };
  }

  private long usedBeside(Path own) {
    long bytes = 0;
    for (Path each : files()) {
      try {
        bytes += each.equals(own) ? 0 : Files.size(each);
      } catch (IOException gone) {
        LOG.log(Level.DEBUG, "{0} is gone: {1}", each, gone.getMessage());
      }
    }
    return bytes;
  }

  private List<Path> files() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(directory, "*{" + WHOLE + "," + PARTIAL + "}")) {
      for (Path each : all) {
        if (found.size() == NodeLimits.STORED_FILES) {
          throw new GodwitException(
              NodeError.PAGE_STORE,
              "using the page store " + directory,
              "it has more than " + NodeLimits.STORED_FILES + " files",
              "wait until other processes have their pages, or choose another strategy");
        }
        found.add(each);
      }
    } catch (IOException failed) {
      throw PageFile.failed("listing", directory, failed);
    }
    return found;
  }

  /** Removes files that nobody has used for {@link #retention}. */
  public void sweep() {
    Instant oldest = Instant.now().minus(retention);
    for (Path each : files()) {
      try {
        if (Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS)
            .toInstant()
            .isBefore(oldest)) {
          Files.deleteIfExists(each);
          LOG.log(Level.WARNING, "{0} is removed: nobody has asked for it since {1}", each, oldest);
        }
      } catch (IOException gone) {
        LOG.log(Level.DEBUG, "{0} is not swept: {1}", each, gone.getMessage());
      }
    }
  }

  /** Migrations whose pages are here, all of each. */
  public List<String> migrations() {
    return files().stream()
        .map(each -> each.getFileName().toString())
        .filter(name -> name.endsWith(WHOLE))
        .map(name -> name.substring(0, name.length() - WHOLE.length()))
        .toList();
  }

  /** Removes what is half-written: of a directory that no other daemon uses. */
  public void removePartial() {
    for (Path each : files()) {
      String name = each.getFileName().toString();
      if (name.endsWith(PARTIAL)) {
        remove(name.substring(0, name.length() - PARTIAL.length()));
      }
    }
  }

  /** Whether all pages of a migration are here. */
  public boolean holds(String migration) {
    return Files.exists(file(migration, WHOLE), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether the file of a migration is here, be it half-written. */
  public boolean knows(String migration) {
    return Files.exists(file(migration, PARTIAL), LinkOption.NOFOLLOW_LINKS) || holds(migration);
  }

  /**
   * Opens the file of a migration.
   *
   * @throws GodwitException where it is not there, not whole, not the daemon's own or damaged
   */
  public PageFileReader open(String migration) {
    Path file = file(migration, WHOLE);
    requireOwn(directory, OTHERS_WRITE);
    requireOwn(file, OTHERS);
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      try {
        PageFileReader reader = new PageFileReader(file, channel);
        if (!reader.facts().migration().equals(migration)) {
          throw PageFile.damaged(file, "it is that of migration " + reader.facts().migration());
        }
        return reader;
      } catch (IOException | RuntimeException failed) {
        channel.close();
        throw failed;
      }
    } catch (IOException failed) {
      throw PageFile.failed("opening", file, failed);
    }
  }

  /** Somebody else could have put there what other users may write. */
  private static void requireOwn(Path path, int forbidden) {
    try {
      boolean entry = forbidden == OTHERS;
      LinkOption[] links = entry ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
      Map<String, Object> facts = Files.readAttributes(path, "unix:uid,mode", links);
      Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      int mode = facts.get("mode") instanceof Integer bits ? bits : OTHERS;
      if (!self.equals(facts.get("uid")) || (mode & forbidden) != 0) {
        throw new GodwitException(
            NodeError.PAGE_STORE_DAMAGED,
            "using " + path,
            "it belongs to user " + facts.get("uid") + " with mode " + Integer.toOctalString(mode),
            "it has to belong to user " + self + ", and others must not be able to change it");
      }
      if (entry && !Files.isRegularFile(path, links)) {
        throw PageFile.damaged(path, "it is no regular file");
      }
    } catch (NoSuchFileException none) {
      throw new GodwitException(
          NodeError.PAGE_STORE,
          "using " + path,
          "it does not exist",
          "check that the page store is mounted",
          none);
    } catch (IOException failed) {
      throw PageFile.failed("looking at", path, failed);
    }
  }

  /** Keeps the file of a migration from being swept away. */
  public void touch(String migration) {
    try {
      Files.setLastModifiedTime(file(migration, WHOLE), FileTime.from(Instant.now()));
    } catch (IOException away) {
      LOG.log(Level.DEBUG, "the pages of {0} are away: {1}", migration, away.getMessage());
    }
  }

  /** Nobody needs the pages of a migration any more. */
  public void remove(String migration) {
    try {
      Files.deleteIfExists(file(migration, PARTIAL));
      Files.deleteIfExists(file(migration, WHOLE));
    } catch (IOException stays) {
      LOG.log(
          Level.WARNING,
          "the pages of {0} stay in {1}: {2}",
          migration,
          directory,
          stays.getMessage());
    }
  }

  /** Names come from other nodes too. */
  private Path file(String migration, String suffix) {
    String name;
    try {
      name = UUID.fromString(migration).toString();
    } catch (IllegalArgumentException malformed) {
      name = "";
    }
    if (!name.equals(migration)) {
      throw new GodwitException(
          NodeError.OUT_OF_STEP,
          "looking for stored pages",
          "'" + migration + "' is not the name of a migration",
          "run the same version of Godwit on all nodes");
    }
    return directory.resolve(migration + suffix);
  }
}
