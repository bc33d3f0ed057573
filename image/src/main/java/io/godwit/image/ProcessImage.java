package io.godwit.image;

import io.godwit.core.Pid;

/** One process of the tree: one that lives or one that has ended and waits for its parent. */
public sealed interface ProcessImage permits LiveProcess, ZombieProcess {
  ProcessIdentity identity();

  default Pid pid() {
    return identity().pid();
  }
}
