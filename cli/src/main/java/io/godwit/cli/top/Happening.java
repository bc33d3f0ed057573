package io.godwit.cli.top;

import io.godwit.cli.Quantities;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.MoveView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A move or a decision in words.
 *
 * @param ageMillis since it ended or was made; 0 for what goes on
 */
record Happening(long ageMillis, String text) {
  /** Stands between two nodes, and marks what is on its way. */
  static final String ARROW = " => ";

  /** A period in which nothing was to be moved is nothing that happens. */
  private static final String STAY = "STAY";

  /** The latest first, what goes on before all else. */
  static List<Happening> of(Snapshot snapshot) {
    List<Happening> all = new ArrayList<>();
    snapshot.moves().forEach(move -> all.add(new Happening(move.endedMillisAgo(), text(move))));
    for (DecisionView decision : snapshot.decisions()) {
      if (!decision.kind().equals(STAY)) {
        all.add(new Happening(Math.max(1, decision.ageMillis()), text(decision)));
      }
    }
    all.sort(Comparator.comparingLong(Happening::ageMillis));
    return all;
  }

  static boolean underWay(MoveView move) {
    return move.outcome() == MoveView.Outcome.UNDER_WAY;
  }

  /** Where it goes, how, and how far it is. */
  static String progress(MoveView move) {
    StringBuilder text = new StringBuilder(move.from()).append(ARROW).append(move.to());
    text.append(' ').append(move.strategy()).append(", ").append(move.phase());
    if (move.totalBytes() > 0) {
      // What is written while it goes goes twice: more can go than was expected.
      long share = (long) Math.min(100.0, 100.0 * move.bytes() / move.totalBytes());
      text.append(' ').append(share).append('%');
    }
    if (move.bytes() > 0) {
      text.append(' ').append(Quantities.bytes(move.bytes()));
    }
    return text.toString();
  }

  private static String text(MoveView move) {
    String start = "move    " + move.process() + ": ";
    String took = Quantities.micros(move.elapsedMillis() * 1000);
    if (underWay(move)) {
      return start + progress(move) + ", " + took;
    }
    String ended = start + move.from() + " -> " + move.to() + " " + move.strategy() + ", ";
    return switch (move.outcome()) {
      case DONE ->
          ended
              + "done in "
              + took
              + ": frozen "
              + Quantities.micros(move.freezeMicros())
              + ", "
              + Quantities.bytes(move.bytes());
      default ->
          ended
              + move.outcome().wireName()
              + " in "
              + move.phase()
              + (move.code().isEmpty() ? "" : ": " + move.code())
              + (move.why().isEmpty() ? "" : ": " + move.why());
    };
  }

  private static String text(DecisionView decision) {
    return "decided "
        + decision.node()
        + ": "
        + decision.kind().toLowerCase(Locale.ROOT)
        + (decision.process().isEmpty() ? "" : " " + decision.process())
        + (decision.to().isEmpty() ? "" : " -> " + decision.to())
        + ": "
        + decision.why();
  }
}
