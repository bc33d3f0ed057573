package io.godwit.image.codec;

import io.godwit.image.ImageLimits;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The part {@code header}: what a person sees with {@code head -c}, and the only place that says
 * which files make up the image. An image changes by replacing its header as a whole.
 *
 * @param version of the format
 * @param features that a reader must know
 * @param writer the version of Godwit that wrote it
 * @param pod its id
 * @param name of the pod, empty for none
 * @param node where it was frozen
 * @param generations ascending; each can be restarted from
 */
public record ImageHeader(
    int version,
    List<String> features,
    String writer,
    String pod,
    String name,
    String node,
    String architecture,
    String kernel,
    int processes,
    int threads,
    List<Generation> generations) {
  /** The version of the format that this code writes. */
  public static final int VERSION = 1;

  /** A payload or the metadata is compressed. */
  public static final String ZSTD = "zstd";

  /** Payloads and metadata are encrypted. */
  public static final String AES = "aes-256-gcm";

  /** There are generations that hold only what changed. */
  public static final String INCREMENTAL = "incremental";

  /** There are System V objects, which readers from before they were carried would leave out. */
  public static final String SYSTEM_V = "system-v";

  /** The features that this code knows. */
  public static final List<String> KNOWN_FEATURES = List.of(AES, INCREMENTAL, SYSTEM_V, ZSTD);

  public ImageHeader {
    features = features.stream().sorted().distinct().toList();
    generations = List.copyOf(generations);
    if (generations.size() > ImageLimits.MAX_GENERATIONS) {
      throw new IllegalArgumentException(generations.size() + " generations");
    }
    for (int i = 1; i < generations.size(); i++) {
      if (generations.get(i - 1).number() >= generations.get(i).number()) {
        throw new IllegalArgumentException("generations that do not ascend");
      }
    }
  }

  static ImageHeader of(PodImage image, List<String> features, List<Generation> generations) {
    int threads = 0;
    for (LiveProcess process : image.live()) {
      threads += process.threads().size();
    }
    return new ImageHeader(
        VERSION,
        features,
        image.origin().godwitVersion(),
        image.identity().id(),
        image.identity().name().orElse(""),
        image.origin().node(),
        image.origin().architecture(),
        image.origin().kernelRelease(),
        image.processes().size(),
        threads,
        generations);
  }

  /** The same image with other generations. */
  ImageHeader withGenerations(List<Generation> others) {
    return new ImageHeader(
        version,
        features,
        writer,
        pod,
        name,
        node,
        architecture,
        kernel,
        processes,
        threads,
        others);
  }

  /** The newest generation. */
  public Generation newest() {
    return generations.getLast();
  }

  /** A generation by its number. */
  public Optional<Generation> generation(int number) {
    return generations.stream().filter(g -> g.number() == number).findFirst();
  }

  /**
   * One state of the pod.
   *
   * @param parent the generation whose pages hold where this one says nothing, 0 for none
   * @param frozen when, by the source's realtime clock
   * @param cipher how its key is derived, where it is encrypted
   */
  public record Generation(
      int number,
      int parent,
      Instant frozen,
      Optional<CipherParameters> cipher,
      Part metadata,
      Part index,
      Part pages) {
    public Generation {
      if (number < 1 || parent < 0 || parent >= number) {
        throw new IllegalArgumentException("generation " + number + " after " + parent);
      }
    }
  }

  /**
   * A file of the image.
   *
   * @param file its name in the directory
   * @param size in bytes
   * @param checksum CRC32C of all of it
   */
  public record Part(String file, long size, int checksum) {
    public Part {
      if (!file.matches("[a-z][a-z0-9.]{0,39}") || size < 0) {
        throw new IllegalArgumentException("not a part: '" + file + "' of " + size + " bytes");
      }
    }
  }

  /**
   * How to find a generation's key.
   *
   * @param salt of HKDF-SHA256, hexadecimal
   * @param check tells a wrong key from damage, hexadecimal
   */
  public record CipherParameters(String salt, String check) {
    public CipherParameters {
      if (!salt.matches("[0-9a-f]{32}") || !check.matches("[0-9a-f]{16}")) {
        throw new IllegalArgumentException("not the parameters of a cipher");
      }
    }
  }
}
