package io.godwit.node.pod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The limits of this room, with their units. */
final class PodLimits {
  /** The soft limit of open files that programs are used to. */
  static final long USUAL_OPEN_FILES = 1024;

  /** How long a pod may take to start; a slow disk has to fit. */
  static final int START_MILLIS = 20_000;

  /** How long a killed pod may take to end. */
  static final int END_MILLIS = 20_000;

  /** Bytes of a pod's record. */
  static final int RECORD_BYTES = 64 << 10;

  /** Pods that one daemon holds. */
  static final int PODS = 10_000;

  /** Bytes that are moved at once between a program and its console. */
  static final int CONSOLE_CHUNK = 64 << 10;

  /** Output that the home has not acknowledged; the program waits beyond it. */
  static final int OUTPUT_WINDOW = 256 << 10;

  /** Input that the program has not taken; attached clients wait beyond it. */
  static final int INPUT_WINDOW = 64 << 10;

  /** Bytes of any one part of a console that a move carries: above a pipe's largest usual size. */
  static final int CARRIED_BYTES = 2 << 20;

  private PodLimits() {}

  /** The hard limit of open files of this process. */
  static long hardOpenFiles() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max open files")) {
          String[] words = line.substring("Max open files".length()).trim().split("\\s+");
          return words[1].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(words[1]);
        }
      }
    } catch (IOException e) {
      return USUAL_OPEN_FILES;
    }
    return USUAL_OPEN_FILES;
  }
}
