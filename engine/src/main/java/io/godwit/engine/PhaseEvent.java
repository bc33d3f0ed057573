package io.godwit.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A phase of the engine in a flight recording. */
@Name("io.godwit.engine.Phase")
@Label("Engine phase")
@Category("Godwit")
@Description("One part of a checkpoint, restart or move, with its time and size")
final class PhaseEvent extends Event {
  @Label("Phase")
  String phase = "";

  @Label("Bytes")
  @DataAmount
  long bytes;
}
