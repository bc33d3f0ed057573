package io.godwit.engine.restore;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.image.ProcessImage;
import io.godwit.image.ZombieProcess;
import io.godwit.linux.Injector;
import io.godwit.linux.LinuxException;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import io.godwit.linux.proc.ProcFs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Makes the processes with their numbers, parents, sessions, groups and ends. Every one is a copy
 * of its parent's stub, traced from its first instruction.
 *
 * <p>A session is joined only by being born into it. So a process gets its children in two parts:
 * those that were born before it became a session leader, and after {@code setsid} the others. A
 * session or group whose leader has ended gets a stand-in for the time of the building.
 */
final class TreeBuilder {
  private static final long STOP_TIMEOUT_NANOS = 10_000_000_000L;

  private final Tracer tracer;
  private final List<ProcessImage> images;
  private final Map<Optional<Pid>, List<ProcessImage>> children;
  private final Map<Pid, Member> members = new LinkedHashMap<>();
  private final List<Member> standIns = new ArrayList<>();
  private final Map<Member, Member> standInParents = new HashMap<>();
  private final List<Member> all = new ArrayList<>();
  private final Consumer<Injector> newRoot;

  /** A process that has been made. */
  record Member(Pid podPid, Pid hostPid, Injector injector) {}

  /**
   * @param newRoot is called for each process that the factory bears, before it has children
   */
  TreeBuilder(Tracer tracer, List<ProcessImage> images, Consumer<Injector> newRoot) {
    this.tracer = tracer;
    this.newRoot = newRoot;
    this.images = images;
    this.children =
        images.stream().collect(Collectors.groupingBy(image -> image.identity().parent()));
  }

  /**
   * Makes all processes.
   *
   * @param factory a stub, in which the roots are cloned
   * @param adopted whether the roots become children of the factory's parent
   */
  Map<Pid, Member> build(Injector factory, Pid factoryHost, boolean adopted) {
    Member origin = new Member(factoryHost, factoryHost, factory);
    List<ProcessImage> roots = children.getOrDefault(Optional.<Pid>empty(), List.of());
    try {
      for (ProcessImage root : roots) {
        bear(origin, root, adopted ? Clone.CLONE_PARENT : 0, 0);
      }
      joinGroups();
      endZombies();
      standIns.forEach(this::kill);
      return members;
    } catch (RuntimeException e) {
      all.reversed().forEach(TreeBuilder::discard);
      throw e;
    }
  }

  private void bear(Member parent, ProcessImage image, long flags, int parentSession) {
    int session = image.identity().session();
    boolean leads = session == image.pid().number();
    boolean born = leads || session == 0 || session == parentSession;
    Member bearer = parent;
    long how = flags;
    if (!born) {
      bearer = standInFor(session, parent, flags);
      how = Clone.CLONE_PARENT;
    }
    Member member = clone(bearer, image.pid(), how, image.identity().exitSignal());
    members.put(image.pid(), member);
    List<ProcessImage> own = children.getOrDefault(Optional.of(image.pid()), List.of());
    int birthSession = leads ? parentSession : session;
    if (leads) {
      for (ProcessImage child : own) {
        if (child.identity().session() != session && !leadsOwn(child)) {
          bear(member, child, 0, birthSession);
        }
      }
      member.injector().check(Syscall.SETSID, "process " + image.pid());
    }
    for (ProcessImage child : own) {
      if (!leads || child.identity().session() == session || leadsOwn(child)) {
        bear(member, child, 0, session);
      }
    }
  }

  private static boolean leadsOwn(ProcessImage image) {
    return image.identity().session() == image.pid().number();
  }

  private Member standInFor(int session, Member parent, long flags) {
    for (Member known : standIns) {
      if (known.podPid().number() == session && known.injector() != parent.injector()) {
        return known;
      }
    }
    Member standIn = clone(parent, new Pid(session), flags, Signals.SIGCHLD);
    standIn.injector().check(Syscall.SETSID, "stand-in " + session);
    standIns.add(standIn);
    standInParents.put(standIn, parent);
    return standIn;
  }

  private Member clone(Member parent, Pid podPid, long flags, int exitSignal) {
    SyscallBatch batch = parent.injector().batch();
    int signal = (flags & Clone.CLONE_PARENT) != 0 ? 0 : exitSignal;
    SyscallBatch.Call call = Clone.add(batch, podPid.number(), flags, signal);
    parent.injector().run(batch);
    Clone.check(call, podPid.number());
    Pid hostPid = hostPid(parent, podPid, (flags & Clone.CLONE_PARENT) != 0);
    Tracee tracee = tracer.adopt(new Tid(hostPid.number()));
    awaitBirth(tracee);
    Member member =
        new Member(
            podPid,
            hostPid,
            Injector.over(tracee, RemoteMemory.of(hostPid), parent.injector().scratch()));
    all.add(member);
    if (!members.containsValue(parent) && !standIns.contains(parent)) {
      newRoot.accept(member.injector());
    }
    return member;
  }

  private static void discard(Member member) {
    if (!member.injector().tracee().isGone()) {
      Kernel.call(Syscall.KILL, member.hostPid().number(), Signals.SIGKILL);
      awaitEnd(member.injector().tracee());
    }
  }

  static void awaitBirth(Tracee tracee) {
    WaitStatus status =
        tracee
            .await(STOP_TIMEOUT_NANOS)
            .orElseThrow(() -> new IllegalStateException(tracee + " does not come to life"));
    if (!status.stopped()) {
      throw new IllegalStateException(tracee + " " + status);
    }
  }

  /** The number here of a process that has just been made. */
  private static Pid hostPid(Member bearer, Pid podPid, boolean sibling) {
    ProcFs proc = ProcFs.host();
    if (proc.process(bearer.hostPid()).status().processIds().size() == 1) {
      return podPid;
    }
    Pid parent =
        sibling ? new Pid(proc.process(bearer.hostPid()).stat().parent()) : bearer.hostPid();
    for (Pid child : proc.process(parent).children().reversed()) {
      if (proc.process(child).status().processIds().getLast() == podPid.number()) {
        return child;
      }
    }
    throw new IllegalStateException("process " + podPid + " was made and cannot be found");
  }

  private void joinGroups() {
    Map<Integer, Member> leaders = new HashMap<>();
    for (ProcessImage image : images) {
      Member member = member(image);
      if (image.identity().group() == image.pid().number()) {
        if (!leadsOwn(image)) {
          member.injector().check(Syscall.SETPGID, "process " + image.pid(), 0, 0);
        }
        leaders.put(image.pid().number(), member);
      }
    }
    for (ProcessImage image : images) {
      int group = image.identity().group();
      if (group == 0 || group == image.pid().number()) {
        continue;
      }
      Member member = member(image);
      if (!leaders.containsKey(group) && joinsExisting(member, group)) {
        continue;
      }
      if (!leaders.containsKey(group)) {
        Member standIn = clone(member, new Pid(group), 0, Signals.SIGCHLD);
        standIn.injector().check(Syscall.SETPGID, "stand-in " + group, 0, 0);
        standIns.add(standIn);
        standInParents.put(standIn, member);
        leaders.put(group, standIn);
      }
      member.injector().check(Syscall.SETPGID, "process " + image.pid(), 0, group);
    }
  }

  /** A tree that is rebuilt where it was finds the group that it shared with its surroundings. */
  private static boolean joinsExisting(Member member, int group) {
    SyscallBatch batch = member.injector().batch();
    SyscallBatch.Call join = batch.add(Syscall.SETPGID, 0, group).mayFail();
    member.injector().run(batch);
    return !join.failed();
  }

  private Member member(ProcessImage image) {
    return Objects.requireNonNull(members.get(image.pid()));
  }

  private void endZombies() {
    for (ProcessImage image : images) {
      if (image instanceof ZombieProcess zombie) {
        Member member = member(image);
        end(member, zombie.waitStatus());
        members.remove(image.pid());
        image.identity().parent().map(members::get).ifPresent(TreeBuilder::forgetDeath);
      }
    }
  }

  private static void end(Member member, int waitStatus) {
    WaitStatus status = new WaitStatus(waitStatus);
    Tracee tracee = member.injector().tracee();
    if (status.exited()) {
      SyscallBatch batch = member.injector().batch();
      batch.add(Syscall.EXIT_GROUP, status.exitCode());
      member.injector().start(batch);
    } else {
      tracee.setSignalMask(0);
      tracee.resume(status.terminatingSignal());
    }
    awaitEnd(tracee);
  }

  private static void awaitEnd(Tracee tracee) {
    long deadline = System.nanoTime() + STOP_TIMEOUT_NANOS;
    try {
      while (!tracee.isGone() && System.nanoTime() < deadline) {
        if (tracee.await(STOP_TIMEOUT_NANOS).isPresent() && tracee.isStopped()) {
          tracee.resume();
        }
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.ECHILD) && !e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  /** Takes the SIGCHLD that making the zombie has sent; what was really pending is set later. */
  private static void forgetDeath(Member parent) {
    SyscallBatch batch = parent.injector().batch();
    long set = batch.words(Signals.bit(Signals.SIGCHLD));
    long noTime = batch.words(0, 0);
    batch.add(Syscall.RT_SIGTIMEDWAIT, set, 0, noTime, 8).mayFail();
    parent.injector().run(batch);
  }

  private void kill(Member standIn) {
    Kernel.call(Syscall.KILL, standIn.hostPid().number(), Signals.SIGKILL);
    awaitEnd(standIn.injector().tracee());
    Member parent = standInParents.get(standIn);
    if (parent != null && members.containsValue(parent)) {
      SyscallBatch batch = parent.injector().batch();
      batch.add(Syscall.WAIT4, standIn.podPid().number(), 0, WaitStatus.WALL, 0);
      parent.injector().run(batch);
      forgetDeath(parent);
    }
  }
}
