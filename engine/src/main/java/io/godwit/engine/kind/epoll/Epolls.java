package io.godwit.engine.kind.epoll;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.DescriptionKind.EpollWatch;
import io.godwit.image.DescriptorTable;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.descriptor.EventDescriptors;
import io.godwit.linux.descriptor.Kcmp;
import io.godwit.linux.proc.FdDetail;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * epoll(7). The kernel keeps a watch under the pair of open file and descriptor number. The number
 * may since have been closed or given to another file while a duplicate keeps the watched one open:
 * then the watch is added through that number for a moment.
 */
public final class Epolls implements FileKind {
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EVENT_BYTES = 12;

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    boolean empty =
        file.info().detail() instanceof FdDetail.None
            && file.link().text().equals("anon_inode:[eventpoll]");
    if (empty) {
      return Optional.of(new DescriptionKind.EpollInstance(List.of()));
    }
    if (!(file.info().detail() instanceof FdDetail.Epoll epoll)) {
      return Optional.empty();
    }
    Map<Integer, Integer> ordinals = new HashMap<>();
    List<EpollWatch> watches = new ArrayList<>();
    for (FdDetail.EpollTarget target : epoll.targets()) {
      int ordinal = ordinals.merge(target.fd(), 1, Integer::sum) - 1;
      watches.add(
          new EpollWatch(
              target.fd(), watched(file, target, ordinal, files), target.events(), target.data()));
    }
    return Optional.of(new DescriptionKind.EpollInstance(watches));
  }

  private static ObjectId watched(
      OpenFile epoll, FdDetail.EpollTarget target, int ordinal, OpenFiles files) {
    Optional<OpenFile> likely = files.at(epoll.holder().hostPid(), target.fd());
    if (likely.isPresent() && isWatched(likely.get(), epoll, target, ordinal)) {
      return likely.get().id();
    }
    long device = DeviceNumber.ofKernel(target.device()).devT();
    for (OpenFile file : files.ofInode(device, target.inode())) {
      if (isWatched(file, epoll, target, ordinal)) {
        return file.id();
      }
    }
    throw new GodwitException(
        EngineError.NOT_MOVABLE,
        epoll.words() + " watches a file under the number " + target.fd(),
        "no process of the tree has that file",
        "name the process that started both, or let the program remove the watch");
  }

  private static boolean isWatched(
      OpenFile file, OpenFile epoll, FdDetail.EpollTarget target, int ordinal) {
    return Kcmp.watches(
        file.holder().hostPid(),
        file.number(),
        epoll.holder().hostPid(),
        epoll.number(),
        target.fd(),
        ordinal);
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    return description.kind() instanceof DescriptionKind.EpollInstance
        ? Optional.of(EventDescriptors.epoll())
        : Optional.empty();
  }

  @Override
  public void connect(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.EpollInstance epoll)) {
      return;
    }
    for (EpollWatch watch : epoll.watches()) {
      Making.Holder holder = holder(description.id(), watch, making);
      add(holder, watch, making);
    }
  }

  /** Best a process that has the watched file under its number, else one that has it at all. */
  private static Making.Holder holder(ObjectId epoll, EpollWatch watch, Making making) {
    List<Making.Holder> holders = making.holders(epoll);
    for (Making.Holder holder : holders) {
      if (at(holder, watch.descriptor()).filter(watch.description()::equals).isPresent()) {
        return holder;
      }
    }
    for (Making.Holder holder : holders) {
      if (elsewhere(holder, watch.description(), making).isPresent()) {
        return holder;
      }
    }
    throw new GodwitException(
        EngineError.NOT_RESTORABLE,
        "an epoll instance cannot watch descriptor " + watch.descriptor(),
        "no process has both the instance and the watched file",
        "restart the program from its beginning");
  }

  private static Optional<ObjectId> at(Making.Holder holder, int number) {
    return holder.process().image().descriptors().descriptors().stream()
        .filter(each -> each.number() == number)
        .map(DescriptorTable.Descriptor::description)
        .findFirst();
  }

  private static Optional<Integer> elsewhere(
      Making.Holder holder, ObjectId description, Making making) {
    return making.holders(description).stream()
        .filter(each -> each.process() == holder.process())
        .map(Making.Holder::number)
        .findFirst();
  }

  private static void add(Making.Holder holder, EpollWatch watch, Making making) {
    int number = watch.descriptor();
    Optional<ObjectId> now = at(holder, number);
    SyscallBatch batch = holder.process().calls().room(6, EVENT_BYTES);
    byte[] event =
        ByteBuffer.allocate(EVENT_BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(watch.events())
            .putLong(watch.data())
            .array();
    long raw = batch.data(event);
    if (now.isPresent() && now.get().equals(watch.description())) {
      batch.add(Syscall.EPOLL_CTL, holder.number(), EPOLL_CTL_ADD, number, raw);
      return;
    }
    int from = elsewhere(holder, watch.description(), making).orElseThrow();
    if (now.isEmpty()) {
      batch.add(Syscall.DUP3, from, number, FileAbi.O_CLOEXEC);
      batch.add(Syscall.EPOLL_CTL, holder.number(), EPOLL_CTL_ADD, number, raw);
      batch.add(Syscall.CLOSE, number);
      return;
    }
    boolean closeOnExec =
        holder.process().image().descriptors().descriptors().stream()
            .anyMatch(each -> each.number() == number && each.closeOnExec());
    SyscallBatch.Call aside = batch.add(Syscall.FCNTL, number, FileAbi.F_DUPFD_CLOEXEC, 0);
    batch.add(Syscall.DUP3, from, number, FileAbi.O_CLOEXEC);
    batch.add(Syscall.EPOLL_CTL, holder.number(), EPOLL_CTL_ADD, number, raw);
    batch.add(Syscall.DUP3, 0, number, closeOnExec ? FileAbi.O_CLOEXEC : 0).argument(0, aside);
    batch.add(Syscall.CLOSE, 0).argument(0, aside);
  }
}
