package io.godwit.linux.proc;

/**
 * /proc/PID/stat, proc_pid_stat(5), field by field. Times are in clock ticks of 1/100 s. Addresses
 * are 0 for who may not see them.
 *
 * @param comm the name without its parentheses, which may itself hold blanks and parentheses
 * @param startTime after boot, in clock ticks of the reader's time namespace
 * @param exitCode as waitpid(2) reports it
 */
public record TaskStat(
    int pid,
    String comm,
    TaskState state,
    int parent,
    int processGroup,
    int session,
    int terminal,
    int foregroundGroup,
    long flags,
    long minorFaults,
    long childMinorFaults,
    long majorFaults,
    long childMajorFaults,
    long userTime,
    long systemTime,
    long childUserTime,
    long childSystemTime,
    int priority,
    int nice,
    int threads,
    long startTime,
    long virtualBytes,
    long residentPages,
    long residentLimit,
    long startCode,
    long endCode,
    long startStack,
    int exitSignal,
    int processor,
    int realtimePriority,
    int schedulingPolicy,
    long blockIoDelay,
    long guestTime,
    long childGuestTime,
    long startData,
    long endData,
    long startBrk,
    long argStart,
    long argEnd,
    long envStart,
    long envEnd,
    int exitCode) {
  /** Clock ticks per second in all files of /proc: USER_HZ. */
  public static final int TICKS_PER_SECOND = 100;

  /** Parses the one line. */
  public static TaskStat parse(String text) {
    Line line = Lines.only("stat", text);
    // The name may hold anything but a zero; only the last parenthesis is certain to end it.
    String all = line.text();
    int open = all.indexOf('(');
    int close = all.lastIndexOf(')');
    if (open < 2 || close < open) {
      throw line.wrong("no name in parentheses");
    }
    int pid = line.decimalInt(all.substring(0, open).trim());
    Line f = new Line("stat", 1, all.substring(close + 1));
    return fields(pid, all.substring(open + 1, close), f);
  }

  private static TaskStat fields(int pid, String comm, Line f) {
    String letter = f.word();
    TaskState state = letter.length() == 1 ? TaskState.of(letter.charAt(0)) : null;
    if (state == null) {
      throw f.wrong("'" + letter + "' is not a state");
    }
    long[] n = new long[49];
    for (int i = 0; i < n.length; i++) {
      n[i] = f.decimal();
    }
    // n[0] is field 4 of the manual page.
    return new TaskStat(
        pid,
        comm,
        state,
        (int) n[0],
        (int) n[1],
        (int) n[2],
        (int) n[3],
        (int) n[4],
        n[5],
        n[6],
        n[7],
        n[8],
        n[9],
        n[10],
        n[11],
        n[12],
        n[13],
        (int) n[14],
        (int) n[15],
        (int) n[16],
        n[18],
        n[19],
        n[20],
        n[21],
        n[22],
        n[23],
        n[24],
        (int) n[34],
        (int) n[35],
        (int) n[36],
        (int) n[37],
        n[38],
        n[39],
        n[40],
        n[41],
        n[42],
        n[43],
        n[44],
        n[45],
        n[46],
        n[47],
        (int) n[48]);
  }
}
