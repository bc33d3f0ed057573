package io.godwit.cli;

import java.nio.ByteBuffer;

/**
 * Watches what is typed for the keys that leave a console: Ctrl-P Ctrl-Q. A Ctrl-P is held back
 * until the next key says whether it belongs to them; typed twice it goes to the program once.
 */
final class DetachKeys {
  private static final byte CONTROL_P = 0x10;
  private static final byte CONTROL_Q = 0x11;

  private boolean held;
  private boolean detached;

  /**
   * Takes what was typed.
   *
   * @return what the program shall get of it
   */
  ByteBuffer pass(byte[] typed, int length) {
    ByteBuffer passed = ByteBuffer.allocate(length + 1);
    for (int i = 0; i < length && !detached; i++) {
      byte key = typed[i];
      if (held) {
        held = false;
        if (key == CONTROL_Q) {
          detached = true;
        } else {
          passed.put(CONTROL_P);
          if (key != CONTROL_P) {
            passed.put(key);
          }
        }
      } else if (key == CONTROL_P) {
        held = true;
      } else {
        passed.put(key);
      }
    }
    return passed.flip();
  }

  /** Whether the keys were typed. */
  boolean detached() {
    return detached;
  }
}
