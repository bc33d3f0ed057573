/** The node-to-node contract: messages, versions, authentication, page framing, back-pressure. */
@NullMarked
package io.godwit.wire;

import org.jspecify.annotations.NullMarked;
