package io.godwit.node.migration;

import io.godwit.node.store.PageFileWriter;
import io.godwit.node.store.PageStore;
import io.godwit.node.store.StoredFacts;
import io.godwit.wire.proto.Open;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The pages of one process on their way to a page store, at its source. One thread. */
interface PageFlush extends ProcessMover.PageSink, AutoCloseable {
  /** Tells the destination where they will be. */
  void tell(Open.Builder open);

  /** Bytes that went there so far. */
  long bytes();

  /** Memory that did not go there because it is zeros, in bytes. */
  long zeroBytes();

  /** All are there, safe from the death of any machine, when this returns. */
  void seal();

  /** Nobody will need them. Also after {@link #close}. */
  void remove();

  /** Ends the writing. */
  @Override
  void close();

  /** Into a directory: one that source and destination share, or the source's own. */
  final class ToDirectory implements PageFlush {
    private final PageStore store;
    private final String node;
    private final StoredFacts facts;
    private final Consumer<StoredFacts> sealed;
    private final PageFileWriter file;

    /**
     * Begins a file.
     *
     * @param node that answers for the pages; empty where the destination reads them by itself
     * @param sealed told when they are there
     */
    ToDirectory(PageStore store, String node, StoredFacts facts, Consumer<StoredFacts> sealed) {
      this.store = store;
      this.node = node;
      this.facts = facts;
      this.sealed = sealed;
      this.file = store.create(facts);
    }

    @Override
    public void tell(Open.Builder open) {
      open.setStored(true).setStoreNode(node);
    }

    @Override
    public void accept(int object, long address, ByteBuffer content) {
      file.add(object, address, content);
    }

    @Override
    public long bytes() {
      return file.bytes();
    }

    @Override
    public long zeroBytes() {
      return file.zeroBytes();
    }

    @Override
    public void seal() {
      file.seal();
      sealed.accept(facts);
    }

    @Override
    public void remove() {
      store.remove(facts.migration());
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
