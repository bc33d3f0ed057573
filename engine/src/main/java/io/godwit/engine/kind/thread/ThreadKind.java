package io.godwit.engine.kind.thread;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ThreadDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.image.Bytes;
import io.godwit.image.Registers;
import io.godwit.image.Scheduling;
import io.godwit.image.ThreadImage;
import io.godwit.linux.Injector;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.ThreadState;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the kernel keeps for each thread. */
public final class ThreadKind implements ResourceKind {
  static final int PR_GET_TID_ADDRESS = 40;
  private static final int PR_GET_NAME = 16;
  private static final int PR_GET_TIMERSLACK = 30;
  private static final int NAME_BYTES = 16;

  /** Scratch memory for the calls of one thread, in bytes. */
  static final int ZONE = 1024;

  @Override
  public String name() {
    return "thread";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      for (FrozenThread thread : process.threads()) {
        ThreadDraft to = draft.process(process.podPid()).thread(thread.podTid());
        describe(process, thread, to);
        if (thread.stopSignal() != 0) {
          draft.process(process.podPid()).stopSignal(thread.stopSignal());
        }
      }
      ask(process, draft);
    }
  }

  private static void describe(FrozenProcess process, FrozenThread thread, ThreadDraft to) {
    to.registers(
        new Registers(
            Bytes.of(thread.registers().toBytes()),
            List.of(
                new Registers.RegisterSet(
                    Registers.X86_XSTATE, Bytes.of(thread.tracee().extendedState())))));
    to.blockedCall(BlockedCalls.describe(process, thread));
    to.signalMask(thread.signalMask());
    thread
        .tracee()
        .rseqConfiguration()
        .ifPresent(
            r ->
                to.restartableSequence(
                    new ThreadImage.RestartableSequence(
                        r.address(), r.size(), r.signature(), r.flags())));
    ThreadState.robustList(thread.hostTid())
        .ifPresent(list -> to.robustList(new ThreadImage.RobustList(list.head(), list.length())));
  }

  private static Scheduling scheduling(FrozenThread thread, long timerSlack) {
    var attributes = io.godwit.linux.Scheduling.attributes(thread.hostTid());
    return new Scheduling(
        attributes.policy(),
        attributes.priority(),
        attributes.nice(),
        0,
        java.util.Optional.empty(),
        Bytes.of(ThreadState.affinity(thread.hostTid())),
        ThreadState.ioPriority(thread.hostTid()),
        timerSlack);
  }

  /** What only the thread itself can ask: all threads at once, each in its own zone. */
  private static void ask(FrozenProcess process, ImageDraft draft) {
    Injector first = process.injector();
    int atOnce = ((int) first.scratch().length() - Injector.CODE_SIZE) / ZONE;
    List<FrozenThread> threads = process.threads();
    for (int from = 0; from < threads.size(); from += atOnce) {
      List<FrozenThread> part = threads.subList(from, Math.min(threads.size(), from + atOnce));
      List<Question> questions = new ArrayList<>();
      for (int i = 0; i < part.size(); i++) {
        FrozenThread thread = part.get(i);
        boolean isFirst = thread.equals(threads.getFirst());
        Injector injector =
            isFirst ? first : Injector.over(thread.tracee(), process.memory(), first.scratch());
        questions.add(
            Question.put(
                thread,
                injector,
                i * ZONE,
                !isFirst,
                draft.process(process.podPid()).thread(thread.podTid())));
      }
      questions.forEach(Question::answer);
      List<Injector> own =
          questions.stream().filter(Question::ownInjector).map(Question::injector).toList();
      own.forEach(Injector::beginRest);
      own.forEach(Injector::endRest);
      own.forEach(Injector::close);
    }
  }

  private record Question(
      FrozenThread thread,
      Injector injector,
      boolean ownInjector,
      SyscallBatch batch,
      long tidAddress,
      long stack,
      long name,
      SyscallBatch.Call timerSlack,
      ThreadDraft to) {
    static Question put(
        FrozenThread thread, Injector injector, int offset, boolean ownInjector, ThreadDraft to) {
      SyscallBatch batch = injector.batch(offset, ZONE);
      long tidAddress = batch.reserve(8);
      long stack = batch.reserve(24);
      long name = batch.reserve(NAME_BYTES);
      batch.add(Syscall.PRCTL, PR_GET_TID_ADDRESS, tidAddress);
      batch.add(Syscall.SIGALTSTACK, 0, stack);
      batch.add(Syscall.PRCTL, PR_GET_NAME, name);
      SyscallBatch.Call slack = batch.add(Syscall.PRCTL, PR_GET_TIMERSLACK);
      injector.start(batch);
      return new Question(thread, injector, ownInjector, batch, tidAddress, stack, name, slack, to);
    }

    private static String text(byte[] bytes) {
      int length = 0;
      while (length < bytes.length && bytes[length] != 0) {
        length++;
      }
      return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    void answer() {
      injector.finish(batch);
      to.clearChildTid(batch.word(tidAddress));
      to.name(text(batch.bytes(name, NAME_BYTES)));
      to.scheduling(scheduling(thread, timerSlack.result()));
      ByteBuffer old = ByteBuffer.wrap(batch.bytes(stack, 24)).order(ByteOrder.nativeOrder());
      int flags = old.getInt(8);
      int disabled = 2;
      if ((flags & disabled) == 0) {
        int onStack = 1;
        to.alternateStack(
            new ThreadImage.AlternateStack(old.getLong(0), old.getLong(16), flags & ~onStack));
      }
    }
  }
}
