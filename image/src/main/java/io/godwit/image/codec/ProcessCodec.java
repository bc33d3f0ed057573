package io.godwit.image.codec;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.image.DescriptorTable;
import io.godwit.image.IntervalTimer;
import io.godwit.image.LiveProcess;
import io.godwit.image.LiveProcess.FileSystemContext;
import io.godwit.image.LiveProcess.ProcessAttributes;
import io.godwit.image.LiveProcess.ProcessTimers;
import io.godwit.image.LiveProcess.ResourceLimit;
import io.godwit.image.LiveProcess.SignalState;
import io.godwit.image.ObjectId;
import io.godwit.image.PosixTimer;
import io.godwit.image.ProcessIdentity;
import io.godwit.image.ProcessImage;
import io.godwit.image.SignalAction;
import io.godwit.image.SignalSet;
import io.godwit.image.ZombieProcess;
import io.godwit.image.proto.ProcessProto;
import java.util.Optional;
import java.util.OptionalInt;

/** Processes to protobuf and back. */
final class ProcessCodec {
  private ProcessCodec() {}

  static ProcessProto.Process encode(ProcessImage process) {
    ProcessIdentity identity = process.identity();
    ProcessProto.Process.Builder out =
        ProcessProto.Process.newBuilder()
            .setPid(identity.pid().number())
            .setParent(identity.parent().map(Pid::number).orElse(0))
            .setGroup(identity.group())
            .setSession(identity.session())
            .setExitSignal(identity.exitSignal())
            .setName(Fields.text(identity.name()));
    switch (process) {
      case ZombieProcess zombie -> out.setZombieWaitStatus(zombie.waitStatus());
      case LiveProcess live -> out.setLive(encode(live));
    }
    return out.build();
  }

  static ProcessImage decode(ProcessProto.Process in) {
    ProcessIdentity identity =
        new ProcessIdentity(
            new Pid(in.getPid()),
            in.getParent() == 0 ? Optional.empty() : Optional.of(new Pid(in.getParent())),
            in.getGroup(),
            in.getSession(),
            in.getExitSignal(),
            Fields.text(in.getName()));
    return switch (in.getStateCase()) {
      case ZOMBIE_WAIT_STATUS -> new ZombieProcess(identity, in.getZombieWaitStatus());
      case LIVE -> decode(identity, in.getLive());
      case STATE_NOT_SET ->
          throw new IllegalArgumentException(
              "process " + identity.pid() + " is in an unknown state");
    };
  }

  private static ProcessProto.Live encode(LiveProcess process) {
    ProcessAttributes attributes = process.attributes();
    return ProcessProto.Live.newBuilder()
        .setMemory(MemoryCodec.encode(process.memory()))
        .setDescriptors(encode(process.descriptors()))
        .setWorkingDirectory(MemoryCodec.encode(process.fileSystem().workingDirectory()))
        .setRoot(MemoryCodec.encode(process.fileSystem().root()))
        .setUmask(process.fileSystem().umask())
        .addAllActions(Fields.each(process.signals().actions(), ProcessCodec::encode))
        .addAllPending(ThreadCodec.encodePending(process.signals().pending()))
        .addAllIntervalTimers(Fields.each(process.timers().interval(), ProcessCodec::encode))
        .addAllPosixTimers(Fields.each(process.timers().posix(), ProcessCodec::encode))
        .setSecurity(ThreadCodec.encode(process.security()))
        .addAllLimits(Fields.each(process.limits(), ProcessCodec::encode))
        .setPersonality(attributes.personality())
        .setDumpable(attributes.dumpable())
        .setOomScoreAdjust(attributes.oomScoreAdjust())
        .addAllPrctl(Fields.each(attributes.prctl(), ThreadCodec::encode))
        .setControllingTerminal(Fields.id(attributes.controllingTerminal()))
        .setForegroundGroup(attributes.foregroundGroup())
        .addAllThreads(Fields.each(process.threads(), ThreadCodec::encode))
        .setStopSignal(process.stopSignal().orElse(0))
        .build();
  }

  private static LiveProcess decode(ProcessIdentity identity, ProcessProto.Live in) {
    return new LiveProcess(
        identity,
        MemoryCodec.decode(in.getMemory()),
        decode(in.getDescriptors()),
        new FileSystemContext(
            MemoryCodec.decode(in.getWorkingDirectory()),
            MemoryCodec.decode(in.getRoot()),
            in.getUmask()),
        new SignalState(
            Fields.each(in.getActionsList(), ProcessCodec::decode),
            ThreadCodec.decodePending(in.getPendingList())),
        new ProcessTimers(
            Fields.each(in.getIntervalTimersList(), ProcessCodec::decode),
            Fields.each(in.getPosixTimersList(), ProcessCodec::decode)),
        ThreadCodec.decode(in.getSecurity()),
        Fields.each(in.getLimitsList(), ProcessCodec::decode),
        new ProcessAttributes(
            in.getPersonality(),
            in.getDumpable(),
            in.getOomScoreAdjust(),
            Fields.each(in.getPrctlList(), ThreadCodec::decode),
            Fields.optionalId(in.getControllingTerminal()),
            in.getForegroundGroup()),
        Fields.each(in.getThreadsList(), ThreadCodec::decode),
        in.getStopSignal() == 0 ? OptionalInt.empty() : OptionalInt.of(in.getStopSignal()));
  }

  private static ProcessProto.DescriptorTable encode(DescriptorTable table) {
    ProcessProto.DescriptorTable.Builder out =
        ProcessProto.DescriptorTable.newBuilder().setId(table.id().number());
    for (DescriptorTable.Descriptor descriptor : table.descriptors()) {
      out.addDescriptors(
          ProcessProto.Descriptor.newBuilder()
              .setNumber(descriptor.number())
              .setCloseOnExec(descriptor.closeOnExec())
              .setDescription(descriptor.description().number()));
    }
    return out.build();
  }

  private static DescriptorTable decode(ProcessProto.DescriptorTable in) {
    return new DescriptorTable(
        new ObjectId(in.getId()),
        Fields.each(
            in.getDescriptorsList(),
            d ->
                new DescriptorTable.Descriptor(
                    d.getNumber(), d.getCloseOnExec(), new ObjectId(d.getDescription()))));
  }

  private static ProcessProto.SignalAction encode(SignalAction action) {
    return ProcessProto.SignalAction.newBuilder()
        .setSignal(action.signal())
        .setHandler(action.handler())
        .setFlags(action.flags())
        .setRestorer(action.restorer())
        .setMask(action.mask().bits())
        .build();
  }

  private static SignalAction decode(ProcessProto.SignalAction in) {
    return new SignalAction(
        in.getSignal(),
        in.getHandler(),
        in.getFlags(),
        in.getRestorer(),
        new SignalSet(in.getMask()));
  }

  private static ProcessProto.IntervalTimer encode(IntervalTimer timer) {
    return ProcessProto.IntervalTimer.newBuilder()
        .setWhich(timer.which())
        .setRemainingNanos(timer.remainingNanos())
        .setIntervalNanos(timer.intervalNanos())
        .build();
  }

  private static IntervalTimer decode(ProcessProto.IntervalTimer in) {
    return new IntervalTimer(in.getWhich(), in.getRemainingNanos(), in.getIntervalNanos());
  }

  private static ProcessProto.PosixTimer encode(PosixTimer timer) {
    return ProcessProto.PosixTimer.newBuilder()
        .setId(timer.id())
        .setClock(timer.clock())
        .setNotification(timer.notification())
        .setSignal(timer.signal())
        .setValue(timer.value())
        .setThread(timer.thread().map(Tid::number).orElse(0))
        .setRemainingNanos(timer.remainingNanos())
        .setIntervalNanos(timer.intervalNanos())
        .setOverrun(timer.overrun())
        .build();
  }

  private static PosixTimer decode(ProcessProto.PosixTimer in) {
    return new PosixTimer(
        in.getId(),
        in.getClock(),
        in.getNotification(),
        in.getSignal(),
        in.getValue(),
        in.getThread() == 0 ? Optional.empty() : Optional.of(new Tid(in.getThread())),
        in.getRemainingNanos(),
        in.getIntervalNanos(),
        in.getOverrun());
  }

  private static ProcessProto.ResourceLimit encode(ResourceLimit limit) {
    return ProcessProto.ResourceLimit.newBuilder()
        .setResource(limit.resource())
        .setSoft(limit.soft())
        .setHard(limit.hard())
        .build();
  }

  private static ResourceLimit decode(ProcessProto.ResourceLimit in) {
    return new ResourceLimit(in.getResource(), in.getSoft(), in.getHard());
  }
}
