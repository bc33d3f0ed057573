package io.godwit.node.store;

import io.godwit.core.NodeId;
import io.godwit.node.Configuration;
import io.godwit.node.journal.DurableFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The page stores that a node knows of.
 *
 * @param shared a directory that the nodes share, or null
 * @param server the node that keeps what this one flushes, or null
 * @param own where this node keeps what others flush
 */
public record PageStores(@Nullable PageStore shared, @Nullable NodeId server, PageStore own) {
  /**
   * As they are configured.
   *
   * @param directory where this node may keep what others flush; it is made
   */
  public static PageStores of(Configuration.Store told, Path directory) {
    DurableFiles.ownedDirectory(directory);
    Path shared = told.directory();
    return new PageStores(
        shared == null ? null : new PageStore(shared, told.limitBytes(), told.retention()),
        told.node(),
        new PageStore(directory, told.limitBytes(), told.retention()));
  }
}
