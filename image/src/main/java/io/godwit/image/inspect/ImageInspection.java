package io.godwit.image.inspect;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.AddressRange;
import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.image.DescriptorTable.Descriptor;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.PodImage;
import io.godwit.image.ProcessImage;
import io.godwit.image.Vma;
import io.godwit.image.ZombieProcess;
import io.godwit.image.codec.EncryptionKey;
import io.godwit.image.codec.ImageHeader;
import io.godwit.image.codec.ImageHeader.Generation;
import io.godwit.image.codec.ImageReader;
import io.godwit.image.codec.PageExtent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** What {@code godwit image show|verify|diff} answer. All may throw {@link GodwitException}. */
public final class ImageInspection {
  /** A verification names at most this many damaged places. */
  private static final int MAX_DAMAGES = 100;

  private ImageInspection() {}

  /**
   * One generation of an image to look at.
   *
   * @param generation absent for the newest
   * @param key needed where it is encrypted
   */
  public record Source(Path directory, OptionalInt generation, Optional<EncryptionKey> key) {
    /** The newest generation of an image that is not encrypted. */
    public static Source of(Path directory) {
      return new Source(directory, OptionalInt.empty(), Optional.empty());
    }

    ImageReader open() {
      return ImageReader.open(directory, generation, key);
    }
  }

  /**
   * What is in an image.
   *
   * @param details lists mappings and descriptors too
   */
  public static Report show(Source source, boolean details) {
    try (ImageReader reader = source.open()) {
      PodImage image = reader.image();
      List<String> lines = new ArrayList<>();
      describe(source, reader, lines);
      lines.add("");
      lines.add(
          "%7s %7s %7s %10s %5s  %s".formatted("PID", "PARENT", "THREADS", "PAGES", "FDS", "NAME"));
      Map<ObjectId, OpenDescription> descriptions = new HashMap<>();
      image.descriptions().forEach(d -> descriptions.put(d.id(), d));
      for (ProcessImage process : image.processes()) {
        lines.add(row(process, reader));
        if (details && process instanceof LiveProcess live) {
          details(live, descriptions, lines);
        }
      }
      JsonObject json = header(reader.header());
      json.addProperty("generation", reader.generation().number());
      json.addProperty("pageBytes", pageBytes(reader));
      json.add("image", RecordJson.of(image));
      return new Report(lines, json, ExitStatus.OK);
    }
  }

  private static void describe(Source source, ImageReader reader, List<String> lines) {
    ImageHeader header = reader.header();
    lines.add(
        "image    "
            + source.directory()
            + ", format "
            + header.version()
            + ", written by Godwit "
            + printable(header.writer()));
    lines.add(
        "pod      "
            + printable(header.pod())
            + (header.name().isEmpty() ? "" : " (" + printable(header.name()) + ")")
            + ", epoch "
            + reader.image().identity().epoch());
    lines.add(
        "from     "
            + printable(header.node())
            + ", "
            + printable(header.architecture())
            + ", Linux "
            + printable(header.kernel()));
    for (Generation generation : header.generations()) {
      lines.add(
          "state    "
              + generation.number()
              + " frozen "
              + generation.frozen()
              + ", "
              + Sizes.of(
                  generation.metadata().size()
                      + generation.index().size()
                      + generation.pages().size())
              + (generation.parent() == 0 ? "" : ", builds on " + generation.parent())
              + (generation.cipher().isPresent() ? ", encrypted" : "")
              + (generation.equals(reader.generation()) ? "  <- shown" : ""));
    }
    lines.add("pages    " + Sizes.of(pageBytes(reader)));
  }

  private static long pageBytes(ImageReader reader) {
    long sum = 0;
    for (ObjectId owner : reader.owners()) {
      sum += pageBytes(reader, owner);
    }
    return sum;
  }

  private static long pageBytes(ImageReader reader, ObjectId owner) {
    long sum = 0;
    for (PageExtent extent : reader.extents(owner)) {
      sum += extent.range().length();
    }
    return sum;
  }

  private static String row(ProcessImage process, ImageReader reader) {
    String parent = process.identity().parent().map(Pid::toString).orElse("-");
    String name = printable(process.identity().name());
    return switch (process) {
      case LiveProcess live ->
          "%7s %7s %7d %10s %5d  %s"
              .formatted(
                  live.pid(),
                  parent,
                  live.threads().size(),
                  Sizes.of(pageBytes(reader, live.memory().id())),
                  live.descriptors().descriptors().size(),
                  name);
      case ZombieProcess zombie ->
          "%7s %7s %7s %10s %5s  %s (ended, wait status 0x%04x)"
              .formatted(zombie.pid(), parent, "-", "-", "-", name, zombie.waitStatus());
    };
  }

  private static void details(
      LiveProcess process, Map<ObjectId, OpenDescription> descriptions, List<String> lines) {
    for (Vma vma : process.memory().mappings()) {
      lines.add(
          "          "
              + vma.range()
              + " "
              + vma.protection()
              + (vma.shared() ? "s " : "p ")
              + printable(vma.kind().toString()));
    }
    for (Descriptor descriptor : process.descriptors().descriptors()) {
      OpenDescription description = descriptions.get(descriptor.description());
      lines.add(
          "          fd "
              + descriptor.number()
              + " -> "
              + (description == null
                  ? descriptor.description().toString()
                  : printable(description.kind().toString())));
    }
  }

  /**
   * Reads and checks every byte.
   *
   * @param progress told how many bytes of pages have been read since it was last called
   */
  public static Report verify(Source source, LongConsumer progress) {
    List<GodwitException> damages = new ArrayList<>();
    long[] total = {0, 0};
    try (ImageReader reader = source.open()) {
      reader.verify(
          new ImageReader.VerifyListener() {
            @Override
            public void read(long bytes) {
              total[0] += bytes;
              progress.accept(bytes);
            }

            @Override
            public void damaged(GodwitException damage) {
              total[1]++;
              if (damages.size() < MAX_DAMAGES) {
                damages.add(damage);
              }
            }
          });
    } catch (GodwitException e) {
      if (e.code().exitStatus() != ExitStatus.DAMAGED) {
        throw e;
      }
      total[1]++;
      damages.add(e);
    }
    List<String> lines = new ArrayList<>();
    JsonArray list = new JsonArray();
    for (GodwitException damage : damages) {
      lines.add(String.valueOf(damage.getMessage()));
      JsonObject entry = new JsonObject();
      entry.addProperty("code", damage.code().code());
      entry.addProperty("what", damage.what());
      entry.addProperty("why", damage.why());
      entry.addProperty("advice", damage.advice());
      list.add(entry);
    }
    boolean ok = total[1] == 0;
    lines.add(
        ok
            ? source.directory() + " is intact: " + Sizes.of(total[0]) + " of pages read"
            : source.directory() + " is damaged in " + total[1] + " places");
    JsonObject json = new JsonObject();
    json.addProperty("ok", ok);
    json.addProperty("pageBytesRead", total[0]);
    json.addProperty("damagedPlaces", total[1]);
    json.add("damages", list);
    return new Report(lines, json, ok ? ExitStatus.OK : ExitStatus.DAMAGED);
  }

  /** In what two images differ: metadata by path, pages by mapping. The status is FAILED if so. */
  public static Report diff(Source left, Source right) {
    try (ImageReader a = left.open();
        ImageReader b = right.open()) {
      List<String> lines = new ArrayList<>();
      JsonDifference metadata =
          JsonDifference.of(RecordJson.of(a.image()), RecordJson.of(b.image()));
      JsonArray entries = new JsonArray();
      for (JsonDifference.Entry entry : metadata.entries()) {
        lines.add(
            printable(entry.path()) + ": " + shown(entry.left()) + " -> " + shown(entry.right()));
        JsonObject object = new JsonObject();
        object.addProperty("path", entry.path());
        object.addProperty("left", entry.left());
        object.addProperty("right", entry.right());
        entries.add(object);
      }
      if (metadata.count() > metadata.entries().size()) {
        lines.add("and " + (metadata.count() - metadata.entries().size()) + " more");
      }
      JsonArray pages = new JsonArray();
      boolean pagesDiffer = false;
      for (LiveProcess process : a.image().live()) {
        if (b.image().process(process.pid()).orElse(null) instanceof LiveProcess other) {
          pagesDiffer |= comparePages(a, process, b, other, lines, pages);
        }
      }
      boolean same = metadata.count() == 0 && !pagesDiffer;
      if (same) {
        lines.add("no difference");
      }
      JsonObject json = new JsonObject();
      json.addProperty("same", same);
      json.addProperty("metadataDifferences", metadata.count());
      json.add("metadata", entries);
      json.add("pages", pages);
      return new Report(lines, json, same ? ExitStatus.OK : ExitStatus.FAILED);
    }
  }

  private static boolean comparePages(
      ImageReader a,
      LiveProcess left,
      ImageReader b,
      LiveProcess right,
      List<String> lines,
      JsonArray out) {
    boolean differs = false;
    TreeSet<AddressRange> ranges = new TreeSet<>();
    left.memory().mappings().forEach(vma -> ranges.add(vma.range()));
    right.memory().mappings().forEach(vma -> ranges.add(vma.range()));
    for (AddressRange range : ranges) {
      PageComparison comparison = new PageComparison(a.image().origin().pageSize());
      comparison.compare(a, left.memory().id(), b, right.memory().id(), range);
      if (comparison.differs()) {
        differs = true;
        lines.add("process " + left.pid() + " mapping " + range + ": " + comparison.text());
        JsonObject entry = comparison.json();
        entry.addProperty("pid", left.pid().number());
        entry.addProperty("mapping", range.toString());
        out.add(entry);
      }
    }
    return differs;
  }

  private static JsonObject header(ImageHeader header) {
    JsonObject json = new JsonObject();
    json.addProperty("formatVersion", header.version());
    json.addProperty("writer", header.writer());
    JsonArray features = new JsonArray();
    header.features().forEach(features::add);
    json.add("features", features);
    JsonArray generations = new JsonArray();
    for (Generation generation : header.generations()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("number", generation.number());
      entry.addProperty("parent", generation.parent());
      entry.addProperty("frozen", generation.frozen().toString());
      entry.addProperty("encrypted", generation.cipher().isPresent());
      entry.addProperty(
          "bytes",
          generation.metadata().size() + generation.index().size() + generation.pages().size());
      generations.add(entry);
    }
    json.add("generations", generations);
    return json;
  }

  private static String shown(String value) {
    if (value.isEmpty()) {
      return "(none)";
    }
    return printable(value.length() <= 120 ? value : value.substring(0, 120) + "..");
  }

  /** Names come from programs: nothing in them may command the terminal. */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                out.appendCodePoint(
                    Character.isISOControl(c)
                            || (c >= 0xD800 && c <= 0xDFFF)
                            || Character.getType(c) == Character.FORMAT
                        ? 0xFFFD
                        : c));
    return out.toString();
  }
}
