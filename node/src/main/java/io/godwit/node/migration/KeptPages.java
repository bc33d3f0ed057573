package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.OrderedOrigin;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.store.PageFileReader;
import io.godwit.node.store.PageFileWriter;
import io.godwit.node.store.PageStore;
import io.godwit.node.store.StoredFacts;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageServer;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.KeepReply;
import io.godwit.wire.proto.KeepRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages that this node keeps for the processes of others: takes what their sources flush into its
 * own store, and answers their destinations as a source would, also after a restart of the daemon.
 * What cannot be read is no longer answered for, until all of it reads as it was written.
 *
 * <p>Threads: one for each process takes its pages; {@link PagesLeft} has its own.
 */
final class KeptPages {
  private static final Logger LOG = System.getLogger(KeptPages.class.getName());

  /** What the name of the session for pages that are flushed ends with. */
  static final String SUFFIX = "/store";

  private final NodeId self;
  private final PageServer server;
  private final LeftBehind left;
  private final PageStore store;
  private final List<String> forms;
  private final Set<String> coming = ConcurrentHashMap.newKeySet();
  private final Set<String> checking = ConcurrentHashMap.newKeySet();

  /**
   * @param forms of pages that are understood here
   */
  KeptPages(NodeId self, PageServer server, LeftBehind left, PageStore store, List<String> forms) {
    this.self = self;
    this.server = server;
    this.left = left;
    this.store = store;
    this.forms = forms;
  }

  PageStore store() {
    return store;
  }

  /** Expects the pages of a process that leaves another node. */
  KeepReply keep(KeepRequest request, NodeId source) {
    StoredFacts facts;
    try {
      facts =
          new StoredFacts(
              request.getMigration(),
              request.getPod(),
              new NodeId(request.getTaker()),
              request.getEncryptPages(),
              request.getBandwidth());
    } catch (IllegalArgumentException malformed) {
      throw new GodwitException(
          NodeError.OUT_OF_STEP,
          "keeping pages for node " + source,
          String.valueOf(malformed.getMessage()),
          "run the same version of Godwit on both nodes");
    }
    if (coming.size() >= NodeLimits.ARRIVALS
        || store.knows(facts.migration())
        || !coming.add(facts.migration())) {
      throw new GodwitException(
          NodeError.NOT_WILLING,
          "keeping the pages of " + facts.pod(),
          "node " + self + " takes those of " + coming.size() + " processes already",
          "try again in a moment");
    }
    PageServer.Session session =
        server.announce(facts.migration() + SUFFIX, request.getEncryptPages());
    Thread.ofPlatform()
        .daemon()
        .name("godwit-keep-" + facts.pod())
        .start(() -> take(session, facts));
    return KeepReply.newBuilder()
        .setPagePort(server.port())
        .setPageSecret(com.google.protobuf.ByteString.copyFrom(session.secret()))
        .addAllPageForms(forms)
        .build();
  }

  private void take(PageServer.Session session, StoredFacts facts) {
    try (session;
        PageChannel pages = session.accept(WireLimits.GREETING_TIME)) {
      try (PageFileWriter file = store.create(facts)) {
        PageChannel.Frame frame = pages.receive();
        while (PageRuns.Reader.reads(frame.kind())) {
          PageRuns.Reader runs = PageRuns.Reader.of(frame);
          for (ProcessMover.PageSource.Run run = runs.next(); run != null; run = runs.next()) {
            file.add(run.object(), run.address(), run.content());
          }
          frame = pages.receive();
        }
        if (frame.kind() != FrameKind.END) {
          throw new IllegalArgumentException("a frame of kind " + frame.kind() + " came");
        }
        pages.checkEnd(frame);
        file.seal();
      }
      serve(facts);
      pages.send(FrameKind.TAKEN, 0, 0);
    } catch (GodwitException | IllegalArgumentException failed) {
      LOG.log(
          Level.WARNING, "the pages of {0} are not kept: {1}", facts.pod(), failed.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      coming.remove(facts.migration());
    }
  }

  /** Answers for the pages of a file that is whole. */
  void serve(StoredFacts facts) {
    if (facts.taker().equals(self)) {
      return; // it reads the file by itself
    }
    PagesLeft made =
        left.announce(
            facts.pod(),
            new ProcessMover.Way(facts.taker(), facts.migration(), facts.encrypted()),
            Set.of()); // plain pages, which all understand
    made.afterwards(
        () -> {
          if (made.isSettled()) {
            store.remove(facts.migration());
          }
        });
    made.serve(answers -> new Origin(facts.migration(), answers), new Pace(facts.bandwidth()));
  }

  /** Goes on with what an earlier daemon kept. */
  void recover() {
    store.sweep();
    store.removePartial();
    for (String migration : store.migrations()) {
      try (PageFileReader file = store.open(migration)) {
        serve(file.facts());
        LOG.log(
            Level.INFO,
            "the pages of {0} are here for node {1} again",
            file.facts().pod(),
            file.facts().taker());
      } catch (GodwitException damaged) {
        LOG.log(Level.ERROR, "pages that are kept here: {0}", damaged.getMessage());
      }
    }
  }

  /** Somebody asks for pages that are not answered for: perhaps they can be read again. */
  void asked(String migration) {
    if (left.of(migration) == null && store.holds(migration) && checking.add(migration)) {
      Thread.ofPlatform().daemon().name("godwit-check").start(() -> check(migration));
    }
  }

  private void check(String migration) {
    try (PageFileReader file = store.open(migration)) {
      file.verify();
      if (left.of(migration) == null) {
        serve(file.facts());
      }
    } catch (GodwitException still) {
      LOG.log(Level.WARNING, "pages that are kept here: {0}", still.getMessage());
    } finally {
      checking.remove(migration);
    }
  }

  /** Reads a file that is opened for the first request. */
  private final class Origin implements PageOrigin {
    private final String migration;
    private final OrderedOrigin ordered;
    private @Nullable PageFileReader file; // of the thread that answers, and after its end

    Origin(String migration, Answers answers) {
      this.migration = migration;
      this.ordered = new OrderedOrigin(this::read, answers);
    }

    private void read(ObjectId space, AddressRange range, Answers to) {
      PageFileReader opened = file;
      if (opened == null) {
        opened = store.open(migration);
        file = opened;
      }
      opened.read(space, range, to);
    }

    @Override
    public void request(ObjectId space, AddressRange range, boolean urgent) {
      ordered.request(space, range, urgent);
    }

    @Override
    public void close() {
      ordered.close();
      PageFileReader opened = file;
      if (opened != null) {
        file = null;
        opened.close();
      }
    }
  }
}
