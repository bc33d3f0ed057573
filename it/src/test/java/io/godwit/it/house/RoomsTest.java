package io.godwit.it.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of rooms, as the compiled classes keep it. */
class RoomsTest {
  /** Each room and the rooms it may call, from the ground up. */
  private static final Map<String, List<String>> MAY_CALL =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("core", List.of()),
              Map.entry("policy", List.of("core")),
              Map.entry("linux", List.of("core")),
              Map.entry("image", List.of("core")),
              Map.entry("engine", List.of("linux", "image", "policy", "core")),
              Map.entry("wire", List.of("image", "core")),
              Map.entry("node", List.of("engine", "wire", "linux", "image", "policy", "core")),
              Map.entry("simulator", List.of("policy", "core")),
              Map.entry("agents", List.of("wire", "policy", "core")),
              Map.entry("cli", List.of("core", "linux"))));

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.godwit");
  }

  @Test
  void everyRoomWasRead() {
    for (String room : MAY_CALL.keySet()) {
      assertThat(all.containPackage("io.godwit." + room)).as(room).isTrue();
    }
  }

  @TestFactory
  List<DynamicTest> aRoomCallsOnlyTheRoomsOfTheTable() {
    List<DynamicTest> tests = new ArrayList<>();
    MAY_CALL.forEach(
        (room, callable) -> {
          List<String> forbidden = new ArrayList<>();
          for (String other :
              List.of(
                  "core",
                  "policy",
                  "linux",
                  "image",
                  "engine",
                  "wire",
                  "node",
                  "simulator",
                  "agents",
                  "cli",
                  "app",
                  "bench")) {
            if (!other.equals(room) && !callable.contains(other)) {
              forbidden.add("io.godwit." + other + "..");
            }
          }
          tests.add(
              DynamicTest.dynamicTest(
                  room,
                  () ->
                      check(
                          noClasses()
                              .that()
                              .resideInAPackage("io.godwit." + room + "..")
                              .should()
                              .dependOnClassesThat()
                              .resideInAnyPackage(forbidden.toArray(new String[0])))));
        });
    return tests;
  }

  @Test
  void onlyTheCommandsTerminalCodeCallsTheKernel() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.godwit.cli..")
            .and()
            .doNotHaveSimpleName("RawTerminal")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.godwit.linux.."));
  }

  @Test
  void foreignMemoryAndFunctionsStayInLinux() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.godwit.linux..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign.."));
  }

  @Test
  void policyIsPure() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.godwit.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.util.concurrent..",
                "java.io..",
                "java.net..",
                "java.nio.channels..",
                "java.nio.file..",
                "java.time..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class, ThreadLocal.class, ProcessBuilder.class));
    check(
        noClasses()
            .that()
            .resideInAPackage("io.godwit.policy..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(java.util.Random.class)
            .orShould()
            .callConstructor(java.util.SplittableRandom.class)
            .orShould()
            .callMethod(java.util.Collections.class, "shuffle", List.class));
  }

  @Test
  void onlyTheProgramEndsTheJvm() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.godwit.app..", "io.godwit.bench..")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
  }

  @Test
  void rulesAreGivenByConstructors() {
    check(
        noFields()
            .should()
            .beAnnotatedWith("javax.inject.Inject")
            .orShould()
            .beAnnotatedWith("jakarta.inject.Inject"));
  }

  @Test
  void namesAreRolesAndNotOddsAndEnds() {
    check(
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils"));
  }

  @Test
  void errorsOfUsersAreOneType() {
    check(
        classes()
            .that()
            .implement(io.godwit.core.ErrorCode.class)
            .should()
            .haveSimpleNameNotEndingWith("Exception"));
  }

  @Test
  void roomsFormNoCycle() {
    check(slices().matching("io.godwit.(*)..").should().beFreeOfCycles());
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(all);
  }
}
