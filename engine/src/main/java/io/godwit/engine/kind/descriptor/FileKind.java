package io.godwit.engine.kind.descriptor;

import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Fd;
import java.util.Optional;

/** One kind of open file: how to describe one and how to make one like it. Has no state. */
public interface FileKind {
  /** The description of a file of this kind; empty where it is of another kind. */
  Optional<DescriptionKind> describe(OpenFile file, OpenFiles files);

  /**
   * Makes an open file in this process. Asked before any process exists and, if it gave nothing
   * then, again when all processes exist.
   *
   * @return empty for another kind's, or where it is not time yet
   */
  Optional<Fd> make(OpenDescription description, Making making);

  /**
   * What remains when every process has its descriptors: connections between open files, and what
   * only a process itself can set up.
   */
  default void connect(OpenDescription description, Making making) {}

  /** The last thing: clocks that start to run. */
  default void start(OpenDescription description, Making making) {}
}
