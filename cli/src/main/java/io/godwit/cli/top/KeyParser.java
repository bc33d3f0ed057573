package io.godwit.cli.top;

import java.util.Optional;

/**
 * Keys from the bytes that a terminal sends, one at a time; sequences as ECMA-48 has them (CSI,
 * SS3). What means nothing is passed over.
 */
final class KeyParser {
  private static final int ESCAPE = 0x1b;
  private static final int INTERRUPT = 0x03;
  private static final int REDRAW = 0x0c;
  private static final int MOST_PARAMETERS = 16;

  private enum State {
    GROUND,
    ESCAPED,
    CSI,
    SS3
  }

  private final StringBuilder parameters = new StringBuilder();
  private State state = State.GROUND;

  Optional<Key> accept(int octet) {
    if (octet == ESCAPE) {
      state = State.ESCAPED;
      return Optional.empty();
    }
    return switch (state) {
      case GROUND -> plain(octet);
      case ESCAPED -> {
        state = octet == '[' ? State.CSI : octet == 'O' ? State.SS3 : State.GROUND;
        parameters.setLength(0);
        yield Optional.empty();
      }
      case SS3 -> {
        state = State.GROUND;
        yield cursor(octet);
      }
      case CSI -> {
        if (octet < 0x40 || octet > 0x7e) {
          if (parameters.length() < MOST_PARAMETERS) {
            parameters.append((char) octet);
          }
          yield Optional.empty();
        }
        state = State.GROUND;
        yield octet == '~' ? numbered(parameters.toString()) : cursor(octet);
      }
    };
  }

  private static Optional<Key> plain(int octet) {
    return switch (octet) {
      case 'q', 'Q', INTERRUPT -> Optional.of(Key.QUIT);
      case 'p', 'P' -> Optional.of(Key.PAUSE);
      case ' ', REDRAW -> Optional.of(Key.REFRESH);
      case 'r', 'R' -> Optional.of(Key.REVERSE);
      case 'c', 'C' -> Optional.of(Key.SORT_CPU);
      case 't', 'T' -> Optional.of(Key.SORT_TIME);
      case 'm', 'M' -> Optional.of(Key.SORT_MEMORY);
      case 'n', 'N' -> Optional.of(Key.SORT_NAME);
      case 'o', 'O' -> Optional.of(Key.SORT_NODE);
      case 'v', 'V' -> Optional.of(Key.SORT_MOVES);
      case 'a', 'A' -> Optional.of(Key.SORT_AGE);
      case 'k' -> Optional.of(Key.UP);
      case 'j' -> Optional.of(Key.DOWN);
      case 'g' -> Optional.of(Key.HOME);
      case 'G' -> Optional.of(Key.END);
      case '\t' -> Optional.of(Key.NEXT_PANE);
      default -> Optional.empty();
    };
  }

  private static Optional<Key> cursor(int last) {
    return switch (last) {
      case 'A' -> Optional.of(Key.UP);
      case 'B' -> Optional.of(Key.DOWN);
      case 'H' -> Optional.of(Key.HOME);
      case 'F' -> Optional.of(Key.END);
      default -> Optional.empty();
    };
  }

  private static Optional<Key> numbered(String number) {
    return switch (number) {
      case "1", "7" -> Optional.of(Key.HOME);
      case "4", "8" -> Optional.of(Key.END);
      case "5" -> Optional.of(Key.PAGE_UP);
      case "6" -> Optional.of(Key.PAGE_DOWN);
      default -> Optional.empty();
    };
  }
}
