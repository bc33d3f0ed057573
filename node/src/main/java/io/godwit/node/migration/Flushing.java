package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.store.PageStore;
import io.godwit.node.store.PageStores;
import io.godwit.node.store.StoredFacts;
import io.godwit.wire.proto.NegotiateRequest;
import io.godwit.wire.proto.Open;

/**
 * Flushing (Sprite; survey 3.2) on one node, on both sides. While the process runs, one pass puts
 * its pages into a page store; in the freeze goes what it wrote since, directly: through the store
 * it would cross the network twice, and the process touches it first. The destination takes the
 * others out of the store, and nothing depends on the source.
 *
 * <p>The store is complete and safe before the freeze, and the destination has opened it: a store
 * that is full, or that the other node does not see, disturbs nothing. Safe for use by several
 * threads.
 */
final class Flushing {
  private final MigrationHost host;
  private final LeftBehind left;
  private final PageStores stores;
  private final KeptPages kept;

  Flushing(MigrationHost host, LeftBehind left, PageStores stores, KeptPages kept) {
    this.host = host;
    this.left = left;
    this.stores = stores;
    this.kept = kept;
  }

  /** Whether there is somewhere to flush pages to. */
  boolean hasStore() {
    return stores.shared() != null || stores.server() != null;
  }

  /**
   * Begins at the source.
   *
   * @param to the destination
   */
  Flushed begin(MoveOrder order, ProcessMover.Way to) {
    StoredFacts facts =
        new StoredFacts(
            to.migration(), order.pod(), to.node(), to.encrypted(), order.wishes().bandwidth());
    NodeId server = stores.server();
    PageFlush begun;
    if (server == null) {
      begun = new PageFlush.ToDirectory(shared(order.pod()), "", facts, closed -> {});
    } else if (server.equals(host.self())) {
      begun = new PageFlush.ToDirectory(stores.own(), server.name(), facts, kept::serve);
    } else {
      begun = new NodeFlush(server, facts, host, left);
    }
    return new Flushed(begun, to, left);
  }

  private PageStore shared(String pod) {
    PageStore shared = stores.shared();
    if (shared == null) {
      throw new GodwitException(
          NodeError.NO_PAGE_STORE,
          "flushing the pages of " + pod,
          "no page store is configured",
          "name a directory that all nodes share in store.directory, or choose another strategy");
    }
    return shared;
  }

  /** Expects pages at the destination, as its source has told. */
  AwaitedPages expect(NegotiateRequest request, Open opening, NodeId source) {
    String pod = request.getProcess().getPod();
    String migration = request.getMigration();
    boolean encrypted = request.getEncryptPages();
    if (!opening.getStoreNode().isEmpty()) {
      NodeId server = new NodeId(opening.getStoreNode());
      return expectLater(pod, new ProcessMover.Way(server, migration, encrypted));
    }
    PageStore shared = shared(pod);
    if (!shared.knows(migration)) {
      throw new GodwitException(
          NodeError.NO_PAGE_STORE,
          "taking the pages of " + pod + " from the page store " + shared.directory(),
          "it does not show what node " + source + " has begun to put there",
          "mount one and the same directory at store.directory of both nodes");
    }
    return expectLater(pod, new ProcessMover.Way(source, migration, encrypted, true));
  }

  /** Goes on with pages that an earlier daemon expected, from a store or a source. */
  AwaitedPages expectLater(String pod, ProcessMover.Way way) {
    boolean own = !way.shared() && way.node().equals(host.self());
    if (!own && !way.shared()) {
      return left.expect(pod, way);
    }
    PageStore store = own ? stores.own() : shared(pod);
    left.lacks(way);
    return new StoredPages(pod, way, store, own, () -> left.hasAll(way));
  }
}
