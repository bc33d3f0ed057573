/** The web view of the cluster. */
@NullMarked
package io.godwit.node.dashboard;

import org.jspecify.annotations.NullMarked;
