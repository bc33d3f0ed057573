package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.proto.InquireReply;
import io.godwit.wire.proto.InquireRequest;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All residual dependencies of one node, on both sides. The source's daemon answers for pages under
 * the name of the migration; a destination whose way there broke, or whose daemon is a new one,
 * asks by an inquiry where that is now. Safe for use by several threads.
 */
final class LeftBehind {
  private static final Logger LOG = System.getLogger(LeftBehind.class.getName());

  /** What the name of the session for pages that follow ends with. */
  private static final String SUFFIX = "/left";

  private final MigrationHost host;
  private final PageServer server;
  private final Function<NodeId, PageSecurity> security;
  private final PageSecurity open;
  private final Map<String, PagesLeft> served = new ConcurrentHashMap<>();

  LeftBehind(
      MigrationHost host,
      PageServer server,
      Function<NodeId, PageSecurity> security,
      PageSecurity open) {
    this.host = host;
    this.server = server;
    this.security = security;
    this.open = open;
  }

  /** Where others ask. */
  int port() {
    return server.port();
  }

  /** Expects questions for pages of a migration from here. */
  PagesLeft announce(String pod, ProcessMover.Way to) {
    String migration = to.migration();
    PageServer.Session session = server.announce(migration + SUFFIX, to.encrypted());
    PagesLeft made = new PagesLeft(pod, to.node(), session, () -> served.remove(migration));
    served.put(migration, made);
    return made;
  }

  /**
   * Goes on with what an earlier daemon left here: frozen pods that others still need.
   *
   * @param undecided pods about which the journal has a word, which decides what becomes of them
   */
  void recover(ProcessMover mover, Set<String> undecided) {
    for (ProcessMover.Remaining each : mover.remaining()) {
      PagesLeft left = announce(each.pod(), each.way());
      if (!undecided.contains(each.pod())) {
        left.afterwards(each::kill);
      }
      left.serve(each::serve, new Pace(0));
      LOG.log(
          Level.INFO,
          "the pages of {0} are here for node {1} again",
          each.pod(),
          each.way().node());
    }
  }

  /** What is answered here for a migration, or null. */
  @Nullable PagesLeft of(String migration) {
    return served.get(migration);
  }

  /** Answers a destination that asks where its pages are. */
  InquireReply answer(InquireRequest request, NodeId asker) {
    PagesLeft left = served.get(request.getMigration());
    InquireReply.Builder reply = InquireReply.newBuilder();
    if (left != null && left.taker().equals(asker)) {
      reply
          .setLeftPort(port())
          .setLeftSecret(com.google.protobuf.ByteString.copyFrom(left.secret()));
    }
    return reply.build();
  }

  /** How a destination reaches the pages of a migration to it, by asking for the way first. */
  Supplier<PageChannel> asking(ProcessMover.Way way) {
    return () -> {
      InquireReply reply;
      try {
        reply =
            host.connect(way.node())
                .calls()
                .inquire(
                    InquireRequest.newBuilder()
                        .setMigration(way.migration())
                        .setWantsPages(true)
                        .build());
      } catch (StatusRuntimeException silent) {
        throw io.godwit.wire.WireFailure.fromStatus(silent, way.node().name());
      }
      if (reply.getLeftPort() == 0) {
        throw new GodwitException(
            NodeError.PAGES_LOST,
            "asking node " + way.node() + " for pages",
            "it has none of that migration any more",
            "restart the process from a checkpoint");
      }
      return connect(way, reply.getLeftPort(), reply.getLeftSecret().toByteArray());
    };
  }

  /** Goes on with pods of this node whose pages have not all come. */
  void takeUp(ProcessMover mover) {
    mover.takeUpPages(
        (pod, way, answers) -> RemotePages.connectLater(pod, way, asking(way)).to(answers));
  }

  /** The same, where the way was told in the beginning. */
  Supplier<PageChannel> told(ProcessMover.Way way, int port, byte[] secret) {
    Supplier<PageChannel> later = asking(way);
    boolean[] used = {false};
    return () -> {
      if (used[0]) {
        return later.get();
      }
      used[0] = true;
      return connect(way, port, secret);
    };
  }

  private PageChannel connect(ProcessMover.Way way, int port, byte[] secret) {
    return PageChannel.connect(
        host.pageAddress(way.node(), port),
        way.migration() + SUFFIX,
        secret,
        way.encrypted() ? security.apply(way.node()) : open);
  }
}
