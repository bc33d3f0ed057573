package io.godwit.linux.doctor;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** All findings, in the order of {@link Feature}. */
public record Examination(List<Finding> findings) {
  private static final int NAME_WIDTH = 26;

  public Examination {
    findings = List.copyOf(findings);
  }

  public Finding of(Feature feature) {
    return findings.stream()
        .filter(f -> f.feature() == feature)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(feature.id() + " was not examined"));
  }

  /** Whether a feature works here. */
  public boolean has(Feature feature) {
    return of(feature).present();
  }

  /** For people: a line for each feature, and for those that are missing what that means. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Finding finding : findings) {
      String name = finding.name();
      String pad = " ".repeat(Math.max(1, NAME_WIDTH - name.length()));
      String detail = finding.detail().isEmpty() ? "" : " (" + finding.detail() + ")";
      lines.add(
          (finding.present() ? "yes  " : "no   ")
              + name
              + pad
              + finding.feature().title()
              + detail);
      if (!finding.present()) {
        String indent = " ".repeat(5 + NAME_WIDTH);
        lines.add(indent + "for:     " + finding.purpose());
        lines.add(indent + "without: " + finding.loss());
        lines.add(indent + "remedy:  " + finding.remedy());
      }
    }
    return List.copyOf(lines);
  }

  /** For programs: an array of objects with name, present, title, purpose, loss, remedy, detail. */
  public JsonArray json() {
    JsonArray array = new JsonArray();
    for (Finding finding : findings) {
      JsonObject object = new JsonObject();
      object.addProperty("name", finding.name());
      object.addProperty("present", finding.present());
      object.addProperty("title", finding.feature().title());
      object.addProperty("purpose", finding.purpose());
      object.addProperty("loss", finding.loss());
      object.addProperty("remedy", finding.remedy());
      object.addProperty("detail", finding.detail());
      array.add(object);
    }
    return array;
  }
}
