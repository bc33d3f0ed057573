package io.godwit.app;

import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Flag;
import io.godwit.cli.Text;
import io.godwit.core.control.JsonText;
import io.godwit.image.codec.EncryptionKey;
import io.godwit.image.inspect.ImageInspection;
import io.godwit.image.inspect.ImageInspection.Source;
import io.godwit.image.inspect.Report;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code godwit image}. */
final class ImageCommand extends CommandBody {
  private final Text action;
  private final Text directory;
  private final Text other;
  private final Flag details;
  private final Text generation;
  private final Text key;

  ImageCommand(CommandIo io) {
    super(
        io,
        "image",
        "Look into an image: show what is in it, verify every byte, or compare it with another.");
    details = flag("For show: mappings and descriptors too.", "--details");
    generation = option("NUMBER", "Which generation (default: the newest).", "--generation");
    key = option("FILE", "The key of an encrypted image.", "--key");
    action = argument("ACTION", "show, verify or diff.");
    directory = argument("DIR", "The image.");
    other = optionalArgument("OTHER", "For diff: the other image.");
    examples(
        "godwit image show /var/tmp/sim",
        "godwit image verify /var/tmp/sim",
        "godwit image diff /var/tmp/before /var/tmp/after --json");
  }

  @Override
  public Integer call() {
    Report report =
        switch (action.required()) {
          case "show" -> ImageInspection.show(source(directory), details.given());
          case "verify" -> ImageInspection.verify(source(directory), bytes -> {});
          case "diff" -> ImageInspection.diff(source(directory), source(other));
          default -> throw action.bad("'" + action.required() + "' is none of show, verify, diff");
        };
    io.out().println(json.given() ? JsonText.write(report.json()) : report.text().stripTrailing());
    return report.status().number();
  }

  private Source source(Text which) {
    Path file = key.path();
    return new Source(
        Path.of(which.required()),
        generation.value() == null
            ? OptionalInt.empty()
            : OptionalInt.of((int) generation.number(0, 1, Integer.MAX_VALUE)),
        file == null ? Optional.empty() : Optional.of(EncryptionKey.fromFile(file)));
  }
}
