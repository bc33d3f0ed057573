/**
 * What the home node does for processes that have left it: their console stays here, with its log
 * and the clients attached to it, wherever the program runs.
 *
 * <p>A {@link io.godwit.node.home.ConsoleHome} is entered from channels and clients by any thread
 * and guarded by its monitor. Each attached client is served by a virtual thread of its own. Lock
 * order: the console before a client's queue.
 */
@NullMarked
package io.godwit.node.home;

import org.jspecify.annotations.NullMarked;
