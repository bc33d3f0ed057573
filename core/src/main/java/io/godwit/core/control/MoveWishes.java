package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * What somebody who has a process moved wishes besides.
 *
 * @param noResidual to hear of the end only when nothing of its memory is left where it was
 * @param bandwidth bytes per second that the migration may take of the network; 0 is no limit
 * @param maxFreezeMicros the freeze that rounds of precopy aim at; 0 leaves it to the node
 */
public record MoveWishes(boolean noResidual, long bandwidth, long maxFreezeMicros) {
  /** Nothing. */
  public static final MoveWishes NONE = new MoveWishes(false, 0, 0);

  /** The slowest that pages may be made to come, bytes per second. */
  public static final long LEAST_BANDWIDTH = 64 << 10;

  /** The longest freeze that may be aimed at, microseconds. */
  public static final long LONGEST_FREEZE_MICROS = 60_000_000;

  public MoveWishes {
    if ((bandwidth != 0 && bandwidth < LEAST_BANDWIDTH)
        || maxFreezeMicros < 0
        || maxFreezeMicros > LONGEST_FREEZE_MICROS) {
      throw new IllegalArgumentException(
          "no wishes: " + bandwidth + " bytes/s, " + maxFreezeMicros + " us");
    }
  }

  /** For that alone. */
  public static MoveWishes withoutResidual(boolean noResidual) {
    return new MoveWishes(noResidual, 0, 0);
  }

  void addTo(JsonObject json) {
    json.addProperty("noResidual", noResidual);
    json.addProperty("bandwidth", bandwidth);
    json.addProperty("maxFreezeMicros", maxFreezeMicros);
  }

  static MoveWishes of(Fields fields) {
    long bandwidth = fields.number("bandwidth", 0, Long.MAX_VALUE, 0);
    if (bandwidth != 0 && bandwidth < LEAST_BANDWIDTH) {
      throw fields.bad("bandwidth", bandwidth + " is less than " + LEAST_BANDWIDTH);
    }
    return new MoveWishes(
        fields.flag("noResidual"),
        bandwidth,
        fields.number("maxFreezeMicros", 0, LONGEST_FREEZE_MICROS, 0));
  }
}
