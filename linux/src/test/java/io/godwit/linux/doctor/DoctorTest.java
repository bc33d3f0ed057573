package io.godwit.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.cgroup.Cgroup;
import io.godwit.linux.proc.ProcFs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Examines this machine. */
class DoctorTest {
  @Test
  void looksAtEverythingAndLeavesNothingBehind() {
    int descriptors = ProcFs.host().self().descriptors().size();
    Examination first = Doctor.examine();
    int afterFirst = ProcFs.host().self().descriptors().size();
    Examination second = Doctor.examine();
    assertThat(first.findings()).hasSize(Feature.values().length);
    assertThat(first.of(Feature.KERNEL).detail()).isEqualTo(System.getProperty("os.version"));
    assertThat(first.findings().stream().map(Finding::present).toList())
        .isEqualTo(second.findings().stream().map(Finding::present).toList());
    // The first run may open jars and tables of the JVM itself.
    assertThat(ProcFs.host().self().descriptors().size())
        .isLessThanOrEqualTo(Math.max(descriptors, afterFirst));
    assertThat(ProcFs.host().self().children()).isEmpty();
    Cgroup.root()
        .ifPresent(
            root ->
                assertThat(root.children())
                    .noneMatch(
                        g -> g.path().contains("godwit-doctor-" + ProcessHandle.current().pid())));
  }

  @Test
  void agreesWithWhatIsKnownOtherwise() {
    Examination found = Doctor.examine();
    boolean root = ProcFs.host().self().status().uid().effective() == 0;
    assertThat(found.has(Feature.AVX))
        .isEqualTo(ProcFs.host().cpuInfo().getFirst().flags().contains("avx"));
    long effective = ProcFs.host().self().status().capabilities().effective();
    assertThat(found.has(Feature.CAP_SYS_RESOURCE)).isEqualTo((effective >>> 24 & 1) == 1);
    if (root && (effective >>> 21 & 1) == 1) {
      assertThat(found.has(Feature.MOUNT_NAMESPACE)).isTrue();
      assertThat(found.has(Feature.SET_TID)).isTrue();
    }
    // Asynchronous write protection and the scan came with the same kernel.
    if (found.has(Feature.WP_ASYNC)) {
      assertThat(found.has(Feature.USERFAULTFD)).isTrue();
      assertThat(found.has(Feature.PAGEMAP_SCAN)).isTrue();
    }
  }

  @Test
  void textsForPeopleAndPrograms() {
    Examination report =
        new Examination(
            List.of(
                new Finding(Feature.KERNEL, true, "6.18"),
                new Finding(Feature.SEIZE, false, "ptrace: " + Errno.EPERM.text())));
    assertThat(report.lines().getFirst()).startsWith("yes  kernel").contains("(6.18)");
    assertThat(report.lines()).hasSize(5);
    assertThat(report.lines().get(1)).startsWith("no   seize").contains("not permitted");
    assertThat(report.lines().get(2)).contains("for:     " + Feature.SEIZE.purpose());
    assertThat(report.lines().get(4)).contains("remedy:  " + Feature.SEIZE.remedy());
    JsonObject seize = report.json().get(1).getAsJsonObject();
    assertThat(seize.get("name").getAsString()).isEqualTo("seize");
    assertThat(seize.get("present").getAsBoolean()).isFalse();
    assertThat(seize.get("loss").getAsString()).isEqualTo(Feature.SEIZE.loss());
  }

  @Test
  void everyFeatureSaysAllOfIt() {
    for (Feature feature : Feature.values()) {
      assertThat(List.of(feature.title(), feature.purpose(), feature.loss(), feature.remedy()))
          .as(feature.id())
          .noneMatch(String::isBlank);
    }
    assertThat(Feature.PAGEMAP_SCAN.id()).isEqualTo("pagemap-scan");
  }
}
