/** Jobs on real daemons: queues, and survival of nodes that die or are cut off. */
@NullMarked
package io.godwit.it.jobs;

import org.jspecify.annotations.NullMarked;
