package io.godwit.node.daemon;

import io.godwit.engine.pages.PageSink;
import io.godwit.image.ObjectId;
import io.godwit.node.migration.ProcessMover;
import java.nio.ByteBuffer;

/** Where the engine's pages go: to the migration. */
record EngineSink(ProcessMover.PageSink to) implements PageSink {
  @Override
  public void accept(ObjectId object, long address, ByteBuffer content) {
    to.accept(object.number(), address, content);
  }

  @Override
  public long elided() {
    return to.elided();
  }
}
