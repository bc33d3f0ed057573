package io.godwit.linux.proc;

import io.godwit.linux.Limit;
import io.godwit.linux.Resource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** /proc/PID/limits: every resource that the kernel lists. */
public record TaskLimits(Map<Resource, Limit> limits) {
  public TaskLimits {
    limits = Collections.unmodifiableMap(new EnumMap<>(limits));
  }

  /** Parses the table; a resource that is not known is an error, since it would be lost. */
  public static TaskLimits parse(String text) {
    Map<Resource, Limit> limits = new EnumMap<>(Resource.class);
    List<Line> lines = Lines.of("limits", text);
    for (Line line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      Resource resource = resource(line);
      line.expect(resource.title());
      limits.put(resource, new Limit(value(line), value(line)));
    }
    if (limits.size() != Resource.values().length) {
      throw new ProcFormatException("limits", lines.size(), "not all resources are there", "");
    }
    return new TaskLimits(limits);
  }

  private static Resource resource(Line line) {
    for (Resource resource : Resource.values()) {
      if (line.text().startsWith(resource.title() + " ")) {
        return resource;
      }
    }
    throw line.wrong("not a known resource");
  }

  private static long value(Line line) {
    String word = line.word();
    return word.equals("unlimited") ? Limit.UNLIMITED : line.decimal(word);
  }

  public Limit of(Resource resource) {
    Limit limit = limits.get(resource);
    if (limit == null) {
      throw new IllegalArgumentException("no limit for " + resource);
    }
    return limit;
  }
}
