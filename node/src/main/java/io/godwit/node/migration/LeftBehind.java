package io.godwit.node.migration;

import com.google.protobuf.ByteString;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.InquireReply;
import io.godwit.wire.proto.InquireRequest;
import io.godwit.wire.proto.Open;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All residual dependencies of one node, on both sides. The source's daemon answers for pages under
 * the name of the migration; a destination whose way there broke, or whose daemon is a new one,
 * asks by an inquiry where that is now. A source that nobody asks asks in its turn whether anything
 * is still needed. Safe for use by several threads.
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

  /** The migrations to here of which pages are still missing. */
  private final Set<String> lacking = ConcurrentHashMap.newKeySet();

  /** Whether {@link #lacking} knows those of the daemon before. */
  private volatile boolean recovered;

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

  /**
   * Expects questions for pages of a migration from here.
   *
   * @param forms of pages that the destination understands
   */
  PagesLeft announce(String pod, ProcessMover.Way to, Set<PageForm> forms) {
    String migration = to.migration();
    PageServer.Session session = server.announce(migration + SUFFIX, to.encrypted());
    PagesLeft made =
        new PagesLeft(
            pod, to.node(), session, forms, () -> unneeded(to), () -> served.remove(migration));
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
      PagesLeft left =
          announce(each.pod(), each.way(), Set.of()); // plain pages, which all understand
      if (!undecided.contains(each.pod())) {
        left.afterwards(each::kill);
      }
      left.serve(each::serve, new Pace(each.bandwidth()));
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

  /**
   * Answers a destination that asks where its pages are, or a source that asks whether it may go.
   */
  InquireReply answer(InquireRequest request, NodeId asker) {
    InquireReply.Builder reply = InquireReply.newBuilder();
    if (request.getAskerIsSource()) {
      return reply.setHasAllPages(recovered && !lacking.contains(request.getMigration())).build();
    }
    PagesLeft left = served.get(request.getMigration());
    if (left != null && left.taker().equals(asker)) {
      reply.setLeftPort(port()).setLeftSecret(ByteString.copyFrom(left.secret()));
    }
    return reply.build();
  }

  /** Asks a destination whether it has all pages of a migration; false when it does not say so. */
  boolean unneeded(ProcessMover.Way way) {
    try {
      return ask(way, true).getHasAllPages();
    } catch (GodwitException silent) {
      LOG.log(
          Level.DEBUG,
          "whether node {0} needs pages is unknown: {1}",
          way.node(),
          silent.getMessage());
      return false;
    }
  }

  private InquireReply ask(ProcessMover.Way way, boolean asSource) {
    try {
      return host.connect(way.node())
          .calls()
          .inquire(
              InquireRequest.newBuilder()
                  .setMigration(way.migration())
                  .setWantsPages(true)
                  .setAskerIsSource(asSource)
                  .build());
    } catch (StatusRuntimeException silent) {
      throw WireFailure.fromStatus(silent, way.node().name());
    }
  }

  /** How a destination reaches the pages of a migration to it, by asking for the way first. */
  private Supplier<PageChannel> asking(ProcessMover.Way way) {
    return () -> {
      InquireReply reply = ask(way, false);
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

  /**
   * Goes on with pods of this node whose pages have not all come.
   *
   * @param expected finds them, wherever they are
   */
  void takeUp(ProcessMover mover, BiFunction<String, ProcessMover.Way, AwaitedPages> expected) {
    mover.takeUpPages((pod, way, answers) -> expected.apply(pod, way).to(answers));
    recovered = true;
  }

  /** Pages that will be at another node, which is asked where when they are. */
  AwaitedPages expect(String pod, ProcessMover.Way way) {
    lacks(way);
    return RemotePages.connectLater(pod, way, asking(way), () -> hasAll(way));
  }

  /** Pages of a migration to here are missing, until {@link #hasAll}. */
  void lacks(ProcessMover.Way way) {
    lacking.add(way.migration());
  }

  /** No page of a migration to here is missing any more. */
  void hasAll(ProcessMover.Way way) {
    lacking.remove(way.migration());
  }

  /**
   * Connects to the pages that a source leaves behind.
   *
   * @param open where that is
   */
  RemotePages connect(String pod, ProcessMover.Way way, Open open) {
    lacks(way);
    try {
      return RemotePages.connect(
          pod,
          way,
          told(way, open.getLeftPort(), open.getLeftSecret().toByteArray()),
          () -> hasAll(way));
    } catch (GodwitException barred) {
      hasAll(way);
      throw barred;
    }
  }

  /** The same, where the way was told in the beginning. */
  private Supplier<PageChannel> told(ProcessMover.Way way, int port, byte[] secret) {
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
    return connect(way.node(), way.migration() + SUFFIX, port, secret, way.encrypted());
  }

  /** Connects to a session for pages at another node. */
  PageChannel connect(NodeId node, String session, int port, byte[] secret, boolean encrypted) {
    return PageChannel.connect(
        host.pageAddress(node, port), session, secret, encrypted ? security.apply(node) : open);
  }
}
