package io.godwit.engine;

import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.kind.memory.MemoryKind;
import io.godwit.engine.kind.thread.ThreadKind;
import io.godwit.engine.kind.tree.TreeKind;
import java.util.ArrayList;
import java.util.List;

/** The resource kinds in the order in which they are asked. */
public final class StandardKinds {
  private StandardKinds() {}

  /** What the mechanism itself knows. */
  public static List<ResourceKind> mechanism() {
    return List.of(new TreeKind(), new MemoryKind(), new ThreadKind());
  }

  /** All of them. */
  public static List<ResourceKind> all() {
    List<ResourceKind> all = new ArrayList<>(mechanism());
    return List.copyOf(all);
  }
}
