package io.godwit.linux.doctor;

import io.godwit.linux.LinuxException;
import io.godwit.linux.doctor.Probe.Missing;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Tries every feature of this machine. Takes some tens of milliseconds. */
public final class Doctor {
  private Doctor() {}

  /** Looks at everything; a probe that fails is a finding, never an exception. */
  public static Examination examine() {
    Map<Feature, Probe> probes = new EnumMap<>(Feature.class);
    TaskProbes.addTo(probes);
    MachineProbes.addTo(probes);
    NetworkProbes.addTo(probes);
    List<Finding> findings = new ArrayList<>();
    try (StubProbes stub = StubProbes.start()) {
      stub.addTo(probes);
      for (Feature feature : Feature.values()) {
        findings.add(examine(feature, probes.get(feature)));
      }
    }
    return new Examination(findings);
  }

  private static Finding examine(Feature feature, @org.jspecify.annotations.Nullable Probe probe) {
    if (probe == null) {
      throw new IllegalStateException("no probe for " + feature);
    }
    try {
      return new Finding(feature, true, probe.look());
    } catch (Missing | LinuxException e) {
      return new Finding(feature, false, String.valueOf(e.getMessage()));
    } catch (Exception e) {
      return new Finding(feature, false, e.toString());
    }
  }
}
