package io.godwit.policy;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that somebody may have meant. */
public final class Suggestion {
  private static final int MOST_EDITS = 2;

  private Suggestion() {}

  /** The known word closest to the given one, if it is close at all. */
  public static Optional<String> closest(String word, Collection<String> known) {
    String best = null;
    int bestEdits = Math.min(MOST_EDITS, Math.max(1, word.length() / 3)) + 1;
    for (String candidate : known) {
      int edits = edits(word, candidate);
      if (edits < bestEdits) {
        best = candidate;
        bestEdits = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Edit distance in which a swap of two neighbours counts as one edit. */
  private static int edits(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
