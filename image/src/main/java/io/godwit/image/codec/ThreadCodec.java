package io.godwit.image.codec;

import com.google.protobuf.ByteString;
import io.godwit.core.Tid;
import io.godwit.image.BlockedCall;
import io.godwit.image.Credentials;
import io.godwit.image.Credentials.Capabilities;
import io.godwit.image.Credentials.UserIds;
import io.godwit.image.PendingSignal;
import io.godwit.image.PrctlAttribute;
import io.godwit.image.Registers;
import io.godwit.image.Scheduling;
import io.godwit.image.Security;
import io.godwit.image.SignalSet;
import io.godwit.image.ThreadImage;
import io.godwit.image.proto.ProcessProto;
import java.util.List;

/** Threads, and what processes have in the same form, to protobuf and back. */
final class ThreadCodec {
  private ThreadCodec() {}

  static ProcessProto.Thread encode(ThreadImage thread) {
    ProcessProto.Thread.Builder out =
        ProcessProto.Thread.newBuilder()
            .setTid(thread.tid().number())
            .setName(Fields.text(thread.name()))
            .setGeneralRegisters(Fields.bytes(thread.registers().general()))
            .setSignalMask(thread.signalMask().bits())
            .addAllPending(encodePending(thread.pending()))
            .setClearChildTid(thread.clearChildTid())
            .setScheduling(encode(thread.scheduling()))
            .addAllAttributes(Fields.each(thread.attributes(), ThreadCodec::encode));
    for (Registers.RegisterSet set : thread.registers().others()) {
      out.addRegisterSets(
          ProcessProto.RegisterSet.newBuilder()
              .setNoteType(set.noteType())
              .setContent(Fields.bytes(set.content())));
    }
    switch (thread.blockedCall()) {
      case BlockedCall.None none -> out.clearBlockedCall();
      case BlockedCall.Restart restart ->
          out.setBlockedCall(ProcessProto.BlockedCall.newBuilder().setCall(restart.call()));
      case BlockedCall.Remaining remaining ->
          out.setBlockedCall(
              ProcessProto.BlockedCall.newBuilder()
                  .setCall(remaining.call())
                  .setRemainingNanos(remaining.nanos()));
    }
    encodeAreas(thread, out);
    thread.ownSecurity().ifPresent(security -> out.setOwnSecurity(encode(security)));
    return out.build();
  }

  private static void encodeAreas(ThreadImage thread, ProcessProto.Thread.Builder out) {
    thread
        .alternateStack()
        .ifPresent(
            stack ->
                out.setAlternateStack(
                    ProcessProto.AlternateStack.newBuilder()
                        .setAddress(stack.address())
                        .setSize(stack.size())
                        .setFlags(stack.flags())));
    thread
        .restartableSequence()
        .ifPresent(
            area ->
                out.setRestartableSequence(
                    ProcessProto.RestartableSequence.newBuilder()
                        .setAddress(area.address())
                        .setSize(area.size())
                        .setSignature(area.signature())
                        .setFlags(area.flags())));
    thread
        .robustList()
        .ifPresent(
            list ->
                out.setRobustList(
                    ProcessProto.RobustList.newBuilder()
                        .setHead(list.head())
                        .setLength(list.length())));
  }

  static ThreadImage decode(ProcessProto.Thread in) {
    return new ThreadImage(
        new Tid(in.getTid()),
        Fields.text(in.getName()),
        new Registers(
            Fields.bytes(in.getGeneralRegisters()),
            Fields.each(
                in.getRegisterSetsList(),
                set ->
                    new Registers.RegisterSet(set.getNoteType(), Fields.bytes(set.getContent())))),
        blockedCall(in),
        new SignalSet(in.getSignalMask()),
        decodePending(in.getPendingList()),
        Fields.when(
            in.hasAlternateStack(),
            in.getAlternateStack(),
            s -> new ThreadImage.AlternateStack(s.getAddress(), s.getSize(), s.getFlags())),
        Fields.when(
            in.hasRestartableSequence(),
            in.getRestartableSequence(),
            a ->
                new ThreadImage.RestartableSequence(
                    a.getAddress(), a.getSize(), a.getSignature(), a.getFlags())),
        Fields.when(
            in.hasRobustList(),
            in.getRobustList(),
            l -> new ThreadImage.RobustList(l.getHead(), l.getLength())),
        in.getClearChildTid(),
        decode(in.getScheduling()),
        Fields.when(in.hasOwnSecurity(), in.getOwnSecurity(), ThreadCodec::decode),
        Fields.each(in.getAttributesList(), ThreadCodec::decode));
  }

  private static BlockedCall blockedCall(ProcessProto.Thread in) {
    if (!in.hasBlockedCall()) {
      return new BlockedCall.None();
    }
    ProcessProto.BlockedCall call = in.getBlockedCall();
    return call.hasRemainingNanos()
        ? new BlockedCall.Remaining(call.getCall(), call.getRemainingNanos())
        : new BlockedCall.Restart(call.getCall());
  }

  static List<ByteString> encodePending(List<PendingSignal> pending) {
    return Fields.each(pending, signal -> Fields.bytes(signal.siginfo()));
  }

  static List<PendingSignal> decodePending(List<ByteString> in) {
    return Fields.each(in, bytes -> new PendingSignal(Fields.bytes(bytes)));
  }

  static ProcessProto.PrctlAttribute encode(PrctlAttribute attribute) {
    return ProcessProto.PrctlAttribute.newBuilder()
        .setOption(attribute.option())
        .setValue(attribute.value())
        .setThird(attribute.third())
        .build();
  }

  static PrctlAttribute decode(ProcessProto.PrctlAttribute in) {
    return new PrctlAttribute(in.getOption(), in.getValue(), in.getThird());
  }

  private static ProcessProto.Scheduling encode(Scheduling scheduling) {
    ProcessProto.Scheduling.Builder out =
        ProcessProto.Scheduling.newBuilder()
            .setPolicy(scheduling.policy())
            .setPriority(scheduling.priority())
            .setNice(scheduling.nice())
            .setFlags(scheduling.flags())
            .setAffinity(Fields.bytes(scheduling.affinity()))
            .setIoPriority(scheduling.ioPriority())
            .setTimerSlackNanos(scheduling.timerSlackNanos());
    scheduling
        .deadline()
        .ifPresent(
            deadline ->
                out.setDeadline(
                    ProcessProto.Deadline.newBuilder()
                        .setRuntimeNanos(deadline.runtimeNanos())
                        .setDeadlineNanos(deadline.deadlineNanos())
                        .setPeriodNanos(deadline.periodNanos())));
    return out.build();
  }

  private static Scheduling decode(ProcessProto.Scheduling in) {
    return new Scheduling(
        in.getPolicy(),
        in.getPriority(),
        in.getNice(),
        in.getFlags(),
        Fields.when(
            in.hasDeadline(),
            in.getDeadline(),
            d ->
                new Scheduling.Deadline(
                    d.getRuntimeNanos(), d.getDeadlineNanos(), d.getPeriodNanos())),
        Fields.bytes(in.getAffinity()),
        in.getIoPriority(),
        in.getTimerSlackNanos());
  }

  static ProcessProto.Security encode(Security security) {
    Credentials credentials = security.credentials();
    Capabilities capabilities = credentials.capabilities();
    ProcessProto.Security.Builder out =
        ProcessProto.Security.newBuilder()
            .setUsers(encode(credentials.users()))
            .setGroups(encode(credentials.groups()))
            .addAllSupplementaryGroups(credentials.supplementaryGroups())
            .setInheritable(capabilities.inheritable())
            .setPermitted(capabilities.permitted())
            .setEffective(capabilities.effective())
            .setBounding(capabilities.bounding())
            .setAmbient(capabilities.ambient())
            .setSecureBits(credentials.secureBits())
            .setNoNewPrivileges(security.noNewPrivileges())
            .setSeccompMode(security.seccompMode());
    for (Security.SeccompFilter filter : security.filters()) {
      out.addFilters(
          ProcessProto.SeccompFilter.newBuilder()
              .setFlags(filter.flags())
              .setProgram(Fields.bytes(filter.program())));
    }
    security.label().ifPresent(label -> out.setLabel(Fields.text(label)));
    return out.build();
  }

  static Security decode(ProcessProto.Security in) {
    return new Security(
        new Credentials(
            decode(in.getUsers()),
            decode(in.getGroups()),
            in.getSupplementaryGroupsList(),
            new Capabilities(
                in.getInheritable(),
                in.getPermitted(),
                in.getEffective(),
                in.getBounding(),
                in.getAmbient()),
            in.getSecureBits()),
        in.getNoNewPrivileges(),
        in.getSeccompMode(),
        Fields.each(
            in.getFiltersList(),
            f -> new Security.SeccompFilter(f.getFlags(), Fields.bytes(f.getProgram()))),
        Fields.when(in.hasLabel(), in.getLabel(), Fields::text));
  }

  private static ProcessProto.UserIds encode(UserIds ids) {
    return ProcessProto.UserIds.newBuilder()
        .setReal(ids.real())
        .setEffective(ids.effective())
        .setSaved(ids.saved())
        .setFileSystem(ids.fileSystem())
        .build();
  }

  private static UserIds decode(ProcessProto.UserIds in) {
    return new UserIds(in.getReal(), in.getEffective(), in.getSaved(), in.getFileSystem());
  }
}
