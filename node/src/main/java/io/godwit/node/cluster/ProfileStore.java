package io.godwit.node.cluster;

import io.godwit.core.GodwitException;
import io.godwit.node.journal.DurableFiles;
import io.godwit.policy.profile.Profile;
import io.godwit.policy.profile.ProfileParser;
import io.godwit.wire.proto.ProfileText;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The scheduling profile in use, which outlives the daemon. Every choice of a profile has a
 * version; where two nodes differ the higher version counts, and all come to have it, as each note
 * between nodes tells the version of its sender. A profile from the configuration has version 0.
 *
 * <pre>
 * profile.toml
 *   line 1   # version NUMBER name NAME
 *   rest     the profile, TOML
 * </pre>
 */
public final class ProfileStore {
  private static final Logger LOG = System.getLogger(ProfileStore.class.getName());
  private static final String FILE = "profile.toml";
  private static final String HEADER = "# version ";
  private static final int MOST_BYTES = 4 * ProfileParser.MAX_LENGTH;

  private final Path file;
  private volatile InUse current;

  /** A profile and what it was made of. */
  public record InUse(ProfileText text, Profile profile) {}

  /**
   * Reads what is kept, else the configured one.
   *
   * @param configured the name of a profile that comes with Godwit, or a path that ends in .toml
   */
  public ProfileStore(Path directory, String configured) {
    this.file = directory.resolve(FILE);
    this.current = kept(file, configured);
  }

  private static InUse kept(Path file, String configured) {
    if (Files.exists(file)) {
      try {
        String all = new String(DurableFiles.read(file, MOST_BYTES), StandardCharsets.UTF_8);
        String[] words = all.split("\n", 2)[0].split(" ");
        if (all.startsWith(HEADER) && words.length == 5) {
          return parse(words[4], Long.parseLong(words[2]), all.substring(all.indexOf('\n') + 1));
        }
        LOG.log(Level.WARNING, "{0} has no version in its first line and is left out", file);
      } catch (IOException | NumberFormatException | GodwitException damaged) {
        LOG.log(Level.WARNING, "{0} cannot be used: {1}", file, damaged.getMessage());
      }
    }
    return parse(configured, 0, named(configured));
  }

  private static InUse parse(String name, long version, String text) {
    String base = name.replaceFirst(".*/", "").replaceFirst("\\.toml$", "");
    return new InUse(
        ProfileText.newBuilder().setName(base).setVersion(version).setText(text).build(),
        ProfileParser.parse(base, text));
  }

  private static String named(String name) {
    try (InputStream in =
        name.endsWith(".toml")
            ? Files.newInputStream(Path.of(name))
            : ProfileParser.class.getResourceAsStream("/io/godwit/profiles/" + name + ".toml")) {
      if (in != null) {
        return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
      }
    } catch (IOException unreadable) {
      throw new GodwitException(
          ClusterError.PROFILE,
          "reading the profile " + name,
          unreadable.toString(),
          "correct cluster.profile in the node's configuration",
          unreadable);
    }
    throw new GodwitException(
        ClusterError.PROFILE,
        "finding the profile '" + name + "'",
        "none of that name comes with Godwit",
        "see 'godwit profile list', or give the path of a file that ends in .toml");
  }

  /** The profile in use. */
  public InUse current() {
    return current;
  }

  /** A user's choice: from now on it counts, here and wherever it comes to. */
  public synchronized InUse choose(String name, String text) {
    long version = Math.max(System.currentTimeMillis(), current.text().getVersion() + 1);
    return keep(parse(name, version, text));
  }

  /** Another node's word. Gives back whether it is newer and is used from now on. */
  public synchronized boolean adopt(ProfileText told) {
    if (told.getVersion() <= current.text().getVersion()) {
      return false;
    }
    if (!told.getName().matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException("not a profile's name");
    }
    keep(parse(told.getName(), told.getVersion(), told.getText()));
    return true;
  }

  private InUse keep(InUse chosen) {
    ProfileText text = chosen.text();
    String all = HEADER + text.getVersion() + " name " + text.getName() + "\n" + text.getText();
    try {
      DurableFiles.write(file, all.getBytes(StandardCharsets.UTF_8));
    } catch (IOException full) {
      throw new GodwitException(
          ClusterError.PROFILE,
          "keeping the profile '" + text.getName() + "'",
          full.toString(),
          "make room in the state directory",
          full);
    }
    current = chosen;
    return chosen;
  }
}
