/**
 * This node among the others: the calls it answers, the connections it keeps, and what it tells of
 * itself. One connection to each node, made when first needed, dropped when a call finds it broken.
 */
@NullMarked
package io.godwit.node.peers;

import org.jspecify.annotations.NullMarked;
