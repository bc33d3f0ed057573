package io.godwit.app.demo;

import java.util.Arrays;

/** What a program printed and how it ended. */
@SuppressWarnings("ArrayRecordComponent") // compared by equalTo alone
record Outcome(byte[] output, int status) {
  boolean equalTo(Outcome other) {
    return status == other.status && Arrays.equals(output, other.output);
  }
}
