package io.godwit.node.daemon;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.jobs.JobError;
import io.godwit.node.jobs.JobRoom;
import io.godwit.node.jobs.LeaseBook;
import io.godwit.node.jobs.LeaseHolder;
import io.godwit.node.peers.ClusterLink;
import io.godwit.node.peers.PeerJobs;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.Claim;
import io.godwit.wire.proto.ClaimAnswer;
import io.godwit.wire.proto.ClaimReply;
import io.godwit.wire.proto.ClaimRequest;
import io.godwit.wire.proto.ControlReply;
import io.godwit.wire.proto.ControlRequest;
import io.godwit.wire.proto.StoreReply;
import io.godwit.wire.proto.StoreRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Leases between this daemon and others, as holder and as home. */
final class DaemonLeases implements JobsOfNode, PeerJobs, LeaseHolder.Visitors, LeaseHolder.Homes {
  private static final int MOST_CLAIMS = 10_000;
  private static final int MOST_LEASE_HOURS = 1;

  private final Daemon daemon;
  private final LocalProcesses processes;
  private final PodRoom pods;
  private final DaemonJobs host;
  private final LeaseBook book;
  private final LeaseHolder holder;
  private volatile @Nullable JobRoom room;

  DaemonLeases(
      Daemon daemon, LocalProcesses processes, PodRoom pods, DaemonJobs host, Duration lease) {
    this.daemon = daemon;
    this.processes = processes;
    this.pods = pods;
    this.host = host;
    this.book = new LeaseBook(lease, host.new Owners(this::wanted));
    this.holder = new LeaseHolder(this, this, lease);
    host.keep(book);
  }

  LeaseBook book() {
    return book;
  }

  LeaseHolder holder() {
    return holder;
  }

  void serve(JobRoom jobs) {
    room = jobs;
  }

  private boolean wanted(String pod) {
    JobRoom jobs = room;
    return jobs == null || jobs.wants(pod);
  }

  // For this node's processes.

  @Override
  public boolean gone(String pod) {
    JobRoom jobs = room;
    return jobs != null && jobs.gone(pod);
  }

  private boolean needsLease(String pod) {
    return processes.tags().of(pod).leased();
  }

  @Override
  public void requireMayLeave(String pod) {
    if (!holder.mayLeave(pod)) {
      throw new GodwitException(
          JobError.NO_LEASE,
          "migrating '" + pod + "'",
          "it stands still, since its home has not been heard for longer than its lease",
          "see 'godwit nodes'; it goes on by itself when its home answers");
    }
  }

  @Override
  public void arriving(Pod pod, ProcessEntry entry) {
    if (needsLease(pod.id()) && !entry.home().equals(daemon.self())) {
      // It comes under the next epoch; the entry is that of its source.
      holder.arriving(pod, new LeaseHolder.Visitor(pod.id(), entry.home(), entry.epoch().next()));
    }
  }

  // As holder.

  @Override
  public List<LeaseHolder.Visitor> leased() {
    return processes.all().stream()
        .filter(e -> e.waitStatus() == null && e.remark().isEmpty())
        .filter(e -> e.node().equals(daemon.self()) && !e.home().equals(daemon.self()))
        .filter(e -> needsLease(e.name()))
        .map(e -> new LeaseHolder.Visitor(e.name(), e.home(), e.epoch()))
        .toList();
  }

  @Override
  public Optional<Pod> pod(String name) {
    return pods.find(name);
  }

  @Override
  public boolean moving(String pod) {
    return daemon.moving(pod);
  }

  @Override
  public void revoked(String pod) {
    processes.revoked(pod);
  }

  @Override
  public Map<String, LeaseHolder.Reply> claim(
      NodeId home, List<LeaseHolder.Visitor> claims, Duration patience) {
    ClusterLink link = daemon.link();
    Map<String, LeaseHolder.Reply> replies = new HashMap<>();
    if (link == null) {
      return replies;
    }
    ClaimRequest.Builder request = ClaimRequest.newBuilder();
    claims.forEach(
        each ->
            request.addClaims(
                Claim.newBuilder().setPod(each.pod()).setEpoch(each.epoch().number())));
    ClaimReply reply;
    try {
      reply =
          link.connect(home)
              .longCalls()
              .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
              .claim(request.build());
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, home.name());
    }
    long most = TimeUnit.HOURS.toMillis(MOST_LEASE_HOURS);
    for (ClaimAnswer each : reply.getAnswersList()) {
      replies.put(
          each.getPod(),
          new LeaseHolder.Reply(
              switch (each.getKind()) {
                case GRANTED -> LeaseBook.Answer.GRANTED;
                case REVOKED -> LeaseBook.Answer.REVOKED;
                case UNKNOWN, UNRECOGNIZED -> LeaseBook.Answer.UNKNOWN;
              },
              Duration.ofMillis(Math.clamp(each.getLeaseMillis(), 0, most))));
    }
    return replies;
  }

  // As home, and for other homes.

  @Override
  public ClaimReply claim(ClaimRequest request, NodeId by) {
    if (request.getClaimsCount() > MOST_CLAIMS) {
      throw DaemonJobs.notHere(
          "granting leases to node " + by, request.getClaimsCount() + " claims at once");
    }
    ClaimReply.Builder reply = ClaimReply.newBuilder();
    for (Claim each : request.getClaimsList()) {
      LeaseBook.Answer answer =
          each.getEpoch() <= 0
              ? LeaseBook.Answer.UNKNOWN
              : book.claim(each.getPod(), new Epoch(each.getEpoch()), by, System.nanoTime());
      reply.addAnswers(
          ClaimAnswer.newBuilder()
              .setPod(each.getPod())
              .setKind(
                  switch (answer) {
                    case GRANTED -> ClaimAnswer.Kind.GRANTED;
                    case REVOKED -> ClaimAnswer.Kind.REVOKED;
                    case UNKNOWN -> ClaimAnswer.Kind.UNKNOWN;
                  })
              .setLeaseMillis(book.lease().toMillis()));
    }
    return reply.build();
  }

  @Override
  public StoreReply store(StoreRequest request, NodeId home) {
    requireHome(request.getPod(), request.getEpoch(), home);
    PodImages.Stored stored = host.store(request.getPod(), request.getDirectory());
    return StoreReply.newBuilder()
        .setBytes(stored.report().bytes())
        .setFreezeNanos(stored.report().freezeMicros() * 1000)
        .setOutputEnd(stored.outputEnd())
        .setErrorEnd(stored.errorEnd())
        .build();
  }

  @Override
  public ControlReply control(ControlRequest request, NodeId home) {
    requireHome(request.getPod(), request.getEpoch(), home);
    host.carryOut(request.getPod(), request.getAction());
    return ControlReply.getDefaultInstance();
  }

  /** Only the home of a process decides about it, and about the instance that it means. */
  private void requireHome(String pod, long epoch, NodeId home) {
    boolean meant =
        processes
            .find(pod)
            .filter(e -> e.home().equals(home) && e.node().equals(daemon.self()))
            .filter(e -> e.epoch().number() == epoch && e.waitStatus() == null)
            .isPresent();
    if (!meant) {
      throw DaemonJobs.notHere(
          "acting on '" + pod + "' for node " + home,
          "node " + daemon.self() + " runs no such process of that node under epoch " + epoch);
    }
  }
}
