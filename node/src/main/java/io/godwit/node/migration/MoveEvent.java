package io.godwit.node.migration;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A migration as one of its nodes saw it, for the flight recorder. Its duration is its own. */
@Name("io.godwit.Migration")
@Label("Migration")
@Category({"Godwit", "Migration"})
@StackTrace(false)
final class MoveEvent extends Event {
  @Label("Pod")
  String pod = "";

  @Label("Direction")
  String direction = "";

  @Label("Other Node")
  String peer = "";

  @Label("Strategy")
  String strategy = "";

  @Label("Result")
  String result = "";

  @Label("Code")
  String code = "";

  @Label("Freeze")
  @Timespan(Timespan.NANOSECONDS)
  long freeze;

  @Label("Bytes")
  @DataAmount
  long bytes;
}
