package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.store.StoredFacts;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.KeepReply;
import io.godwit.wire.proto.KeepRequest;
import io.godwit.wire.proto.Open;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Pages on their way to a node that keeps them. What it has not got whole it forgets by itself. */
final class NodeFlush implements PageFlush {
  private final NodeId server;
  private final Duration patience;
  private final PageChannel channel;
  private final PageRuns.Writer pages;

  /** Connects. */
  NodeFlush(NodeId server, StoredFacts facts, MigrationHost host, LeftBehind left) {
    this.server = server;
    this.patience = host.readyTimeout();
    KeepReply reply;
    try {
      reply =
          host.connect(server)
              .calls()
              .keep(
                  KeepRequest.newBuilder()
                      .setMigration(facts.migration())
                      .setPod(facts.pod())
                      .setTaker(facts.taker().name())
                      .setEncryptPages(facts.encrypted())
                      .setBandwidth(facts.bandwidth())
                      .build());
    } catch (StatusRuntimeException refused) {
      throw WireFailure.fromStatus(refused, server.name());
    }
    this.channel =
        left.connect(
            server,
            facts.migration() + KeptPages.SUFFIX,
            reply.getPagePort(),
            reply.getPageSecret().toByteArray(),
            facts.encrypted());
    this.pages = new PageRuns.Writer(channel, PageForm.known(reply.getPageFormsList()));
  }

  @Override
  public void tell(Open.Builder open) {
    open.setStored(true).setStoreNode(server.name());
  }

  @Override
  public void accept(int object, long address, ByteBuffer content) {
    try {
      pages.accept(object, address, content);
    } catch (GodwitException broken) {
      throw notKept(broken);
    }
  }

  /** It hangs up when it cannot keep them. */
  private GodwitException notKept(GodwitException broken) {
    return new GodwitException(
        NodeError.PAGE_STORE,
        "flushing pages to node " + server,
        "it does not take them any more: " + broken.why(),
        "see in the log of that node whether its store is full, or choose another strategy",
        broken);
  }

  @Override
  public long bytes() {
    return channel.sentBytes();
  }

  @Override
  public long zeroBytes() {
    return pages.zeroBytes();
  }

  @Override
  public void seal() {
    try {
      pages.flush();
      channel.sendEnd();
      PageChannel.Frame taken = channel.expect(FrameKind.TAKEN, patience);
      assert taken.kind() == FrameKind.TAKEN;
    } catch (GodwitException broken) {
      throw notKept(broken);
    }
  }

  /** Nothing: that node asks the destination whether it needs them. */
  @Override
  public void remove() {}

  @Override
  public void close() {
    channel.close();
  }
}
