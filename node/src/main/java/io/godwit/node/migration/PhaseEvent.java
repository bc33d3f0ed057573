package io.godwit.node.migration;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One phase of one migration, for the flight recorder. Its duration is the phase's. */
@Name("io.godwit.MigrationPhase")
@Label("Migration Phase")
@Category({"Godwit", "Migration"})
@StackTrace(false)
final class PhaseEvent extends Event {
  @Label("Pod")
  String pod = "";

  @Label("Migration")
  String migration = "";

  @Label("Phase")
  String phase = "";

  @Label("Side")
  String side = "";

  @Label("Bytes")
  @DataAmount
  long bytes;

  @Label("Failure")
  String failure = "";
}
