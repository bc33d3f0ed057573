package io.godwit.image.codec;

import io.godwit.core.Pid;
import io.godwit.image.ObjectId;
import io.godwit.image.Pipe;
import io.godwit.image.PseudoTerminal;
import io.godwit.image.SavedContent;
import io.godwit.image.SharedMemory;
import io.godwit.image.SysvObjects;
import io.godwit.image.proto.PodProto;
import java.util.Optional;

/** Pipes, terminals, shared memory, saved contents and System V objects to protobuf and back. */
final class ObjectCodec {
  private ObjectCodec() {}

  static PodProto.Pipe encode(Pipe pipe) {
    return PodProto.Pipe.newBuilder()
        .setId(pipe.id().number())
        .setCapacity(pipe.capacity())
        .setPackets(pipe.packets())
        .addAllSegments(Fields.each(pipe.segments(), Fields::bytes))
        .build();
  }

  static Pipe decode(PodProto.Pipe in) {
    return new Pipe(
        new ObjectId(in.getId()),
        in.getCapacity(),
        in.getPackets(),
        Fields.each(in.getSegmentsList(), Fields::bytes));
  }

  static PodProto.PseudoTerminal encode(PseudoTerminal terminal) {
    return PodProto.PseudoTerminal.newBuilder()
        .setId(terminal.id().number())
        .setIndex(terminal.index())
        .setSettings(Fields.bytes(terminal.settings()))
        .setRows(terminal.rows())
        .setColumns(terminal.columns())
        .setSession(terminal.session().map(Pid::number).orElse(0))
        .setForegroundGroup(terminal.foregroundGroup())
        .setPacketMode(terminal.packetMode())
        .setLocked(terminal.locked())
        .setToMaster(Fields.bytes(terminal.toMaster()))
        .setToSlave(Fields.bytes(terminal.toSlave()))
        .build();
  }

  static PseudoTerminal decode(PodProto.PseudoTerminal in) {
    return new PseudoTerminal(
        new ObjectId(in.getId()),
        in.getIndex(),
        Fields.bytes(in.getSettings()),
        in.getRows(),
        in.getColumns(),
        in.getSession() == 0 ? Optional.empty() : Optional.of(new Pid(in.getSession())),
        in.getForegroundGroup(),
        in.getPacketMode(),
        in.getLocked(),
        Fields.bytes(in.getToMaster()),
        Fields.bytes(in.getToSlave()));
  }

  static PodProto.SharedMemory encode(SharedMemory memory) {
    PodProto.SharedMemory.Builder out =
        PodProto.SharedMemory.newBuilder()
            .setId(memory.id().number())
            .setSize(memory.size())
            .setSeals(memory.seals())
            .setFlags(memory.flags())
            .setMode(memory.mode());
    memory.memfdName().ifPresent(name -> out.setMemfdName(Fields.text(name)));
    return out.build();
  }

  static SharedMemory decode(PodProto.SharedMemory in) {
    return new SharedMemory(
        new ObjectId(in.getId()),
        in.getSize(),
        Fields.when(in.hasMemfdName(), in.getMemfdName(), Fields::text),
        in.getSeals(),
        in.getFlags(),
        in.getMode());
  }

  static PodProto.SavedContent encode(SavedContent content) {
    return PodProto.SavedContent.newBuilder()
        .setId(content.id().number())
        .setSize(content.size())
        .setMode(content.mode())
        .setUser(content.user())
        .setGroup(content.group())
        .build();
  }

  static SavedContent decode(PodProto.SavedContent in) {
    return new SavedContent(
        new ObjectId(in.getId()), in.getSize(), in.getMode(), in.getUser(), in.getGroup());
  }

  static void encode(SysvObjects sysv, PodProto.Pod.Builder out) {
    for (SysvObjects.Segment segment : sysv.segments()) {
      out.addSysvSegments(
          PodProto.SysvSegment.newBuilder()
              .setIdentity(encode(segment.identity()))
              .setMemory(segment.memory().number()));
    }
    for (SysvObjects.SemaphoreSet set : sysv.semaphoreSets()) {
      PodProto.SysvSemaphoreSet.Builder builder =
          out.addSysvSemaphoreSetsBuilder()
              .setIdentity(encode(set.identity()))
              .addAllValues(set.values())
              .setOperated(set.operated());
      for (SysvObjects.Undo undo : set.undo()) {
        builder.addUndo(
            PodProto.SysvUndo.newBuilder()
                .setProcess(undo.process())
                .setSemaphore(undo.semaphore())
                .setAdjustment(undo.adjustment()));
      }
    }
    for (SysvObjects.MessageQueue queue : sysv.messageQueues()) {
      PodProto.SysvMessageQueue.Builder builder =
          out.addSysvMessageQueuesBuilder()
              .setIdentity(encode(queue.identity()))
              .setCapacity(queue.capacity());
      for (SysvObjects.QueuedMessage message : queue.messages()) {
        builder.addMessages(
            PodProto.SysvMessage.newBuilder()
                .setType(message.type())
                .setText(Fields.bytes(message.text())));
      }
    }
    for (SysvObjects.Setting setting : sysv.settings()) {
      out.addSysvSettings(
          PodProto.SysvSetting.newBuilder()
              .setName(Fields.text(setting.name()))
              .setValue(Fields.text(setting.value())));
    }
  }

  static SysvObjects decodeSysv(PodProto.Pod in) {
    return new SysvObjects(
        Fields.each(
            in.getSysvSegmentsList(),
            s -> new SysvObjects.Segment(decode(s.getIdentity()), new ObjectId(s.getMemory()))),
        Fields.each(
            in.getSysvSemaphoreSetsList(),
            s ->
                new SysvObjects.SemaphoreSet(
                    decode(s.getIdentity()),
                    s.getValuesList(),
                    Fields.each(
                        s.getUndoList(),
                        u ->
                            new SysvObjects.Undo(
                                u.getProcess(), u.getSemaphore(), u.getAdjustment())),
                    s.getOperated())),
        Fields.each(
            in.getSysvMessageQueuesList(),
            q ->
                new SysvObjects.MessageQueue(
                    decode(q.getIdentity()),
                    q.getCapacity(),
                    Fields.each(
                        q.getMessagesList(),
                        m ->
                            new SysvObjects.QueuedMessage(
                                m.getType(), Fields.bytes(m.getText()))))),
        Fields.each(
            in.getSysvSettingsList(),
            s -> new SysvObjects.Setting(Fields.text(s.getName()), Fields.text(s.getValue()))));
  }

  private static PodProto.SysvIdentity encode(SysvObjects.Identity identity) {
    return PodProto.SysvIdentity.newBuilder()
        .setId(identity.id())
        .setKey(identity.key())
        .setUser(identity.user())
        .setGroup(identity.group())
        .setCreator(identity.creator())
        .setCreatorGroup(identity.creatorGroup())
        .setMode(identity.mode())
        .build();
  }

  private static SysvObjects.Identity decode(PodProto.SysvIdentity in) {
    return new SysvObjects.Identity(
        in.getId(),
        in.getKey(),
        in.getUser(),
        in.getGroup(),
        in.getCreator(),
        in.getCreatorGroup(),
        in.getMode());
  }
}
