package io.godwit.node.migration;

import io.godwit.engine.pages.PageOrigin;

/** Pages that will follow a process to this node, as long as it is being built. */
interface AwaitedPages {
  /** They are where they are fetched from: a way there that is barred is found out now. */
  void open();

  /** From now on answers go there. */
  ProcessMover.PagesBehind to(PageOrigin.Answers answers);

  /** Lets go of them where nobody asked for any. */
  void closeUnused();
}
