package io.godwit.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments as they were typed. In a locale without UTF-8 the JVM turns every byte above 127
 * into a replacement character; the kernel still has the bytes.
 */
final class RawArguments {
  private RawArguments() {}

  static List<String> repaired(String[] arguments) {
    for (String argument : arguments) {
      if (argument.indexOf('\uFFFD') >= 0) {
        return reread(arguments);
      }
    }
    return Arrays.asList(arguments);
  }

  private static List<String> reread(String[] arguments) {
    try {
      byte[] raw = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      List<String> all = new ArrayList<>();
      int start = 0;
      for (int i = 0; i < raw.length; i++) {
        if (raw[i] == 0) {
          all.add(new String(raw, start, i - start, StandardCharsets.UTF_8));
          start = i + 1;
        }
      }
      if (all.size() > arguments.length) {
        return all.subList(all.size() - arguments.length, all.size());
      }
    } catch (IOException e) {
      // /proc is not mounted: what the JVM understood has to do.
    }
    return Arrays.asList(arguments);
  }
}
