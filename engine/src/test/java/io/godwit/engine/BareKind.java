package io.godwit.engine;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.image.Credentials;
import io.godwit.image.DescriptorTable;
import io.godwit.image.FileReference;
import io.godwit.image.LiveProcess;
import io.godwit.image.Security;
import java.util.List;
import java.util.Optional;

/** Fills in what the mechanism alone does not know: no descriptors, root's rights, "/". */
final class BareKind implements ResourceKind {
  @Override
  public String name() {
    return "bare";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    FileReference root = new FileReference("/", 0, 2, 0040755, 0, 0, Optional.empty());
    Credentials.UserIds ids = new Credentials.UserIds(0, 0, 0, 0);
    for (FrozenProcess process : tree.processes()) {
      var to = draft.process(process.podPid());
      to.descriptors(new DescriptorTable(draft.newId(), List.of()));
      to.fileSystem(new LiveProcess.FileSystemContext(root, root, 022));
      to.security(
          new Security(
              new Credentials(ids, ids, List.of(), new Credentials.Capabilities(0, 0, 0, 0, 0), 0),
              false));
    }
  }
}
