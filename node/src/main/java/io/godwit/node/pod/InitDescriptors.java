package io.godwit.node.pod;

import io.godwit.linux.Fd;

/**
 * Which descriptor of a pod's init is what, so that a daemon that was restarted finds them again.
 * Those of the program's side exist only until the program has them.
 *
 * <pre>
 *  0-2  /dev/null           6  cgroup.procs (while starting)   11  error, read
 *  3    status (starting)   7  input, read (starting)          12  error, write (starting)
 *  4    report, write       8  input, write                    13  the seed's ELF (starting)
 *  5    report, read        9  output, read                    14  terminal, master
 *                          10  output, write (starting)   15  the word to go on (starting)
 *                                                         17  kept faults, see KeptDescriptors
 * </pre>
 */
final class InitDescriptors {
  static final Fd STATUS = new Fd(3);
  static final Fd REPORT_WRITE = new Fd(4);
  static final Fd REPORT_READ = new Fd(5);
  static final Fd CGROUP = new Fd(6);
  static final Fd INPUT_READ = new Fd(7);
  static final Fd INPUT_WRITE = new Fd(8);
  static final Fd OUTPUT_READ = new Fd(9);
  static final Fd OUTPUT_WRITE = new Fd(10);
  static final Fd ERROR_READ = new Fd(11);
  static final Fd ERROR_WRITE = new Fd(12);
  static final Fd SEED = new Fd(13);
  static final Fd MASTER = new Fd(14);

  static final Fd GO = new Fd(15);

  /** What a seed gets, until it has it under its own number. */
  static final Fd PASSED = new Fd(16);

  /** What keeps pages that are missing from being read as zeros when the daemon dies. */
  static final Fd FAULTS = new Fd(17);

  /** The first number that nothing of ours uses. */
  static final int BEYOND = 18;

  private InitDescriptors() {}
}
