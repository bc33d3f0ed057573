package io.godwit.simulator;

import io.godwit.core.GodwitException;
import io.godwit.policy.Suggestion;
import io.godwit.policy.profile.Profile;
import io.godwit.policy.profile.ProfileParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds profiles: those that come with Godwit by name, others as files. */
public final class Profiles {
  /** The profiles that come with Godwit: the plain families, then the systems of the survey. */
  public static final List<String> BUNDLED =
      List.of(
          "none",
          "random",
          "sender",
          "receiver",
          "symmetric",
          "names",
          "age",
          "affinity",
          "gossip-age",
          "steady",
          "hierarchical",
          "mosix",
          "sprite",
          "mach",
          "lsf",
          "condor",
          "v",
          "accent",
          "charlotte",
          "demos-mp",
          "locus",
          "amoeba",
          "butler",
          "worm",
          "arcade",
          "mpvm");

  private static final int MAX_BYTES = 4 * ProfileParser.MAX_LENGTH;

  private Profiles() {}

  /** The profile of that name, or in that file if the name has a slash or ends in .toml. */
  public static Profile find(String name) {
    String base = name.replaceFirst(".*/", "").replaceFirst("\\.toml$", "");
    return ProfileParser.parse(base, text(name));
  }

  /** The text of such a profile. */
  public static String text(String name) {
    return name.contains("/") || name.endsWith(".toml") ? fromFile(Path.of(name)) : bundled(name);
  }

  private static String bundled(String name) {
    if (BUNDLED.contains(name)) {
      try (InputStream in =
          ProfileParser.class.getResourceAsStream("/io/godwit/profiles/" + name + ".toml")) {
        if (in != null) {
          return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        }
      } catch (IOException e) {
        throw unreadable(name, e);
      }
    }
    String hint =
        Suggestion.closest(name, BUNDLED).map(meant -> "did you mean '" + meant + "'? ").orElse("");
    throw new GodwitException(
        SimulatorError.NO_PROFILE,
        "there is no profile '" + name + "'",
        "it is not among those that come with Godwit, and not a file name",
        hint + "profiles are " + String.join(", ", BUNDLED) + ", or a file that ends in .toml");
  }

  private static String fromFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  private static GodwitException unreadable(String name, IOException e) {
    return new GodwitException(
        SimulatorError.FILE,
        "the profile " + name + " cannot be read",
        e.toString(),
        "check the path",
        e);
  }
}
