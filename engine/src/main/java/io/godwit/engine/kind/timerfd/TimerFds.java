package io.godwit.engine.kind.timerfd;

import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.EventDescriptors;
import io.godwit.linux.descriptor.IntervalTime;
import io.godwit.linux.proc.FdDetail;
import java.util.Optional;

/**
 * timerfd_create(2). A timer that was set to a time of day expires at that time; all others have
 * the time left that they had, since the clocks of the tree stand still with it.
 */
public final class TimerFds implements FileKind {
  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_REALTIME_ALARM = 8;

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    if (!(file.info().detail() instanceof FdDetail.Timerfd timer)) {
      return Optional.empty();
    }
    IntervalTime time = EventDescriptors.timerTime(file.here());
    return Optional.of(
        new DescriptionKind.TimerFd(
            timer.clock(),
            timer.settimeFlags(),
            timer.ticks(),
            time.valueNanos(),
            time.intervalNanos()));
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.TimerFd timer)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          EventDescriptors.timer(timer.clock(), description.statusFlags() & FileAbi.O_NONBLOCK));
    } catch (LinuxException failure) {
      throw Making.impossible("a timer on clock " + timer.clock() + " cannot be made", failure);
    }
  }

  @Override
  public void start(OpenDescription description, Making making) {
    if (description.kind() instanceof DescriptionKind.TimerFd timer) {
      making.made(description.id()).ifPresent(fd -> start(fd, timer, making));
    }
  }

  private static void start(Fd fd, DescriptionKind.TimerFd timer, Making making) {
    int flags = timer.setFlags();
    long value = timer.remainingNanos();
    boolean atTimeOfDay =
        (flags & EventDescriptors.TFD_TIMER_ABSTIME) != 0
            && (timer.clock() == CLOCK_REALTIME || timer.clock() == CLOCK_REALTIME_ALARM);
    if (value != 0 && atTimeOfDay) {
      value += making.image().clocks().realtimeNanos();
    } else {
      flags = 0;
    }
    EventDescriptors.setTimer(fd, flags, new IntervalTime(timer.intervalNanos(), value));
    if (timer.ticks() != 0) {
      EventDescriptors.setTimerTicks(fd, timer.ticks());
    }
  }
}
