package io.godwit.image.codec;

import io.godwit.core.Pid;
import io.godwit.image.DescriptionKind;
import io.godwit.image.DescriptionKind.Direction;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.OpenDescription.FileLock;
import io.godwit.image.OpenDescription.SignalOwner;
import io.godwit.image.SignalSet;
import io.godwit.image.SocketKind;
import io.godwit.image.proto.DescriptionProto;

/** Open descriptions to protobuf and back; {@link SocketCodec} has the sockets. */
final class DescriptionCodec {
  private DescriptionCodec() {}

  static DescriptionProto.OpenDescription encode(OpenDescription description) {
    DescriptionProto.OpenDescription.Builder out =
        DescriptionProto.OpenDescription.newBuilder()
            .setId(description.id().number())
            .setStatusFlags(description.statusFlags());
    description
        .owner()
        .ifPresent(
            owner ->
                out.setOwner(
                    DescriptionProto.SignalOwner.newBuilder()
                        .setType(owner.type())
                        .setTarget(owner.target())
                        .setSignal(owner.signal())
                        .setUser(owner.user())
                        .setEffectiveUser(owner.effectiveUser())));
    for (FileLock lock : description.locks()) {
      out.addLocks(
          DescriptionProto.FileLock.newBuilder()
              .setStyleValue(lock.style().number())
              .setExclusive(lock.exclusive())
              .setProcess(lock.process())
              .setStart(lock.start())
              .setLength(lock.length()));
    }
    switch (description.kind()) {
      case SocketKind socket -> SocketCodec.encode(socket, out);
      case DescriptionKind.Simple simple -> encode(simple, out);
    }
    return out.build();
  }

  private static void encode(
      DescriptionKind.Simple kind, DescriptionProto.OpenDescription.Builder out) {
    switch (kind) {
      case DescriptionKind.RegularFile value ->
          out.getRegularFileBuilder()
              .setFile(MemoryCodec.encode(value.file()))
              .setOffset(value.offset());
      case DescriptionKind.Directory value ->
          out.getDirectoryBuilder()
              .setFile(MemoryCodec.encode(value.file()))
              .setOffset(value.offset());
      case DescriptionKind.Device value ->
          out.getDeviceBuilder()
              .setPath(Fields.text(value.path()))
              .setMajor(value.major())
              .setMinor(value.minor())
              .setOffset(value.offset());
      case DescriptionKind.PathOnly value -> out.setPathOnly(MemoryCodec.encode(value.file()));
      case DescriptionKind.PipeEnd value ->
          out.getPipeEndBuilder()
              .setPipe(value.pipe().number())
              .setDirectionValue(value.direction().number());
      case DescriptionKind.Fifo value ->
          out.getFifoBuilder()
              .setFile(MemoryCodec.encode(value.file()))
              .setPipe(value.pipe().number())
              .setDirectionValue(value.direction().number());
      case DescriptionKind.Console value ->
          out.getConsoleBuilder().setRole(Fields.text(value.role()));
      case DescriptionKind.Terminal value ->
          out.getTerminalBuilder().setTerminal(value.terminal().number()).setMaster(value.master());
      case DescriptionKind.EventFd value ->
          out.getEventFdBuilder().setCounter(value.counter()).setSemaphore(value.semaphore());
      case DescriptionKind.EpollInstance value -> encode(value, out.getEpollBuilder());
      case DescriptionKind.TimerFd value ->
          out.getTimerFdBuilder()
              .setClock(value.clock())
              .setSetFlags(value.setFlags())
              .setTicks(value.ticks())
              .setRemainingNanos(value.remainingNanos())
              .setIntervalNanos(value.intervalNanos());
      case DescriptionKind.SignalFd value -> out.getSignalFdBuilder().setMask(value.mask().bits());
      case DescriptionKind.Inotify value -> encode(value, out.getInotifyBuilder());
      case DescriptionKind.MemFd value ->
          out.getMemFdBuilder().setMemory(value.memory().number()).setOffset(value.offset());
      case DescriptionKind.PidFd value ->
          out.getPidFdBuilder().setProcess(value.process().number());
    }
  }

  private static void encode(
      DescriptionKind.EpollInstance epoll, DescriptionProto.Epoll.Builder out) {
    for (DescriptionKind.EpollWatch watch : epoll.watches()) {
      out.addWatches(
          DescriptionProto.EpollWatch.newBuilder()
              .setDescriptorNumber(watch.descriptor())
              .setDescription(watch.description().number())
              .setEvents(watch.events())
              .setData(watch.data()));
    }
  }

  private static void encode(
      DescriptionKind.Inotify inotify, DescriptionProto.Inotify.Builder out) {
    out.setUnread(Fields.bytes(inotify.unread()));
    for (DescriptionKind.InotifyWatch watch : inotify.watches()) {
      out.addWatches(
          DescriptionProto.InotifyWatch.newBuilder()
              .setWatch(watch.watch())
              .setFile(MemoryCodec.encode(watch.file()))
              .setMask(watch.mask()));
    }
  }

  static OpenDescription decode(DescriptionProto.OpenDescription in) {
    return new OpenDescription(
        new ObjectId(in.getId()),
        in.getStatusFlags(),
        Fields.when(
            in.hasOwner(),
            in.getOwner(),
            o ->
                new SignalOwner(
                    o.getType(), o.getTarget(), o.getSignal(), o.getUser(), o.getEffectiveUser())),
        Fields.each(
            in.getLocksList(),
            l ->
                new FileLock(
                    Fields.constant(
                        FileLock.Style.values(), FileLock.Style::number, l.getStyleValue()),
                    l.getExclusive(),
                    l.getProcess(),
                    l.getStart(),
                    l.getLength())),
        kind(in));
  }

  private static DescriptionKind kind(DescriptionProto.OpenDescription in) {
    return switch (in.getKindCase()) {
      case REGULAR_FILE ->
          new DescriptionKind.RegularFile(
              MemoryCodec.decode(in.getRegularFile().getFile()), in.getRegularFile().getOffset());
      case DIRECTORY ->
          new DescriptionKind.Directory(
              MemoryCodec.decode(in.getDirectory().getFile()), in.getDirectory().getOffset());
      case DEVICE ->
          new DescriptionKind.Device(
              Fields.text(in.getDevice().getPath()),
              in.getDevice().getMajor(),
              in.getDevice().getMinor(),
              in.getDevice().getOffset());
      case PATH_ONLY -> new DescriptionKind.PathOnly(MemoryCodec.decode(in.getPathOnly()));
      case PIPE_END ->
          new DescriptionKind.PipeEnd(
              new ObjectId(in.getPipeEnd().getPipe()),
              direction(in.getPipeEnd().getDirectionValue()));
      case FIFO ->
          new DescriptionKind.Fifo(
              MemoryCodec.decode(in.getFifo().getFile()),
              new ObjectId(in.getFifo().getPipe()),
              direction(in.getFifo().getDirectionValue()));
      case CONSOLE -> new DescriptionKind.Console(Fields.text(in.getConsole().getRole()));
      case TERMINAL ->
          new DescriptionKind.Terminal(
              new ObjectId(in.getTerminal().getTerminal()), in.getTerminal().getMaster());
      case EVENT_FD ->
          new DescriptionKind.EventFd(in.getEventFd().getCounter(), in.getEventFd().getSemaphore());
      case EPOLL -> decode(in.getEpoll());
      case TIMER_FD -> decode(in.getTimerFd());
      case SIGNAL_FD -> new DescriptionKind.SignalFd(new SignalSet(in.getSignalFd().getMask()));
      case INOTIFY -> decode(in.getInotify());
      case MEM_FD ->
          new DescriptionKind.MemFd(
              new ObjectId(in.getMemFd().getMemory()), in.getMemFd().getOffset());
      case PID_FD -> new DescriptionKind.PidFd(new Pid(in.getPidFd().getProcess()));
      case UNIX_SOCKET -> SocketCodec.decode(in.getUnixSocket());
      case LISTENING_SOCKET -> SocketCodec.decode(in.getListeningSocket());
      case TCP_SOCKET -> SocketCodec.decode(in.getTcpSocket());
      case UNCONNECTED_SOCKET -> SocketCodec.decode(in.getUnconnectedSocket());
      case KIND_NOT_SET ->
          throw new IllegalArgumentException(
              "open description #" + in.getId() + " is of an unknown kind");
    };
  }

  private static DescriptionKind decode(DescriptionProto.Epoll in) {
    return new DescriptionKind.EpollInstance(
        Fields.each(
            in.getWatchesList(),
            w ->
                new DescriptionKind.EpollWatch(
                    w.getDescriptorNumber(),
                    new ObjectId(w.getDescription()),
                    w.getEvents(),
                    w.getData())));
  }

  private static DescriptionKind decode(DescriptionProto.TimerFd in) {
    return new DescriptionKind.TimerFd(
        in.getClock(),
        in.getSetFlags(),
        in.getTicks(),
        in.getRemainingNanos(),
        in.getIntervalNanos());
  }

  private static DescriptionKind decode(DescriptionProto.Inotify in) {
    return new DescriptionKind.Inotify(
        Fields.each(
            in.getWatchesList(),
            w ->
                new DescriptionKind.InotifyWatch(
                    w.getWatch(), MemoryCodec.decode(w.getFile()), w.getMask())),
        Fields.bytes(in.getUnread()));
  }

  private static Direction direction(int number) {
    return Fields.constant(Direction.values(), Direction::number, number);
  }
}
