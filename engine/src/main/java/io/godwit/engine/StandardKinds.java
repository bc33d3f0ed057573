package io.godwit.engine;

import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.kind.console.Consoles;
import io.godwit.engine.kind.credential.CredentialKind;
import io.godwit.engine.kind.credential.SeccompPassKind;
import io.godwit.engine.kind.descriptor.DescriptorKind;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.device.Devices;
import io.godwit.engine.kind.epoll.Epolls;
import io.godwit.engine.kind.eventfd.EventFds;
import io.godwit.engine.kind.file.FileSystemContextKind;
import io.godwit.engine.kind.file.Files;
import io.godwit.engine.kind.inotify.Inotifies;
import io.godwit.engine.kind.ipc.SystemVKind;
import io.godwit.engine.kind.limit.AttributeKind;
import io.godwit.engine.kind.limit.LimitKind;
import io.godwit.engine.kind.memory.MemoryKind;
import io.godwit.engine.kind.pidfd.PidFds;
import io.godwit.engine.kind.pipe.Pipes;
import io.godwit.engine.kind.signal.SignalKind;
import io.godwit.engine.kind.signalfd.SignalFds;
import io.godwit.engine.kind.socket.InetSockets;
import io.godwit.engine.kind.socket.UnixSockets;
import io.godwit.engine.kind.thread.ThreadKind;
import io.godwit.engine.kind.timer.TimerKind;
import io.godwit.engine.kind.timerfd.TimerFds;
import io.godwit.engine.kind.tree.TreeKind;
import io.godwit.engine.refusal.RefusalKind;
import java.util.List;

/**
 * The resource kinds in the order in which they are asked. The order matters at its ends: nothing
 * injects before the way past seccomp filters is open, memory is made before the descriptors of
 * memory files, rights go last, and only then the attributes that a change of rights would reset.
 */
public final class StandardKinds {
  private StandardKinds() {}

  /** What the mechanism itself knows. */
  public static List<ResourceKind> mechanism() {
    return List.of(new TreeKind(), new MemoryKind(), new ThreadKind());
  }

  /** All of them. */
  public static List<ResourceKind> all() {
    return List.of(
        new RefusalKind(),
        new SeccompPassKind(),
        new TreeKind(),
        new MemoryKind(),
        new SystemVKind(),
        new ThreadKind(),
        new DescriptorKind(files()),
        new SignalKind(),
        new FileSystemContextKind(),
        new TimerKind(),
        new LimitKind(),
        new CredentialKind(),
        new AttributeKind());
  }

  /** The kinds of open files; external ones before all others. */
  private static List<FileKind> files() {
    return List.of(
        new Consoles(),
        new Files(),
        new Devices(),
        new Pipes(),
        new EventFds(),
        new TimerFds(),
        new SignalFds(),
        new Epolls(),
        new Inotifies(),
        new PidFds(),
        new UnixSockets(),
        new InetSockets());
  }
}
