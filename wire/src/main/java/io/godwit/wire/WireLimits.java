package io.godwit.wire;

import java.time.Duration;

/** The bounds of everything that two nodes exchange. */
public final class WireLimits {
  /** The protocol versions that this build speaks. */
  public static final int VERSION_MIN = 1;

  public static final int VERSION_MAX = 1;

  /** Largest gRPC message, bytes. A negotiation names a few thousand files at most. */
  public static final int MESSAGE_BYTES = 8 << 20;

  /** Largest metadata of one gRPC call, bytes. */
  public static final int CALL_METADATA_BYTES = 32 << 10;

  /** Calls that one connection may have open at once. */
  public static final int CALLS_PER_CONNECTION = 1024;

  /** Largest payload of a page frame that carries memory, bytes. */
  public static final int PAGE_PAYLOAD_BYTES = 1 << 20;

  /** Largest payload of a page frame that carries anything else, bytes. */
  public static final int CONTROL_PAYLOAD_BYTES = 256 << 10;

  /** Connections that wait for their first frame at once. */
  public static final int UNGREETED_CONNECTIONS = 64;

  /** Connections of one page session. */
  public static final int CONNECTIONS_PER_SESSION = 16;

  /** Clocks of two nodes may differ by this much. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

  /** For the first answer of a machine: that long is a second packet waited for, and no third. */
  public static final Duration CONNECT_TIME = Duration.ofSeconds(3);

  /** For TLS and the first frame or call. */
  public static final Duration GREETING_TIME = Duration.ofSeconds(10);

  /** For a short call to a peer that lives. */
  public static final Duration CALL_TIME = Duration.ofSeconds(10);

  /**
   * A connection over which nothing is asked for this long is closed, and made anew when needed.
   */
  public static final Duration IDLE_TIME = Duration.ofSeconds(60);

  /** A page channel on which nothing moves for this long is given up. */
  public static final Duration STALL_TIME = Duration.ofSeconds(20);

  private WireLimits() {}
}
