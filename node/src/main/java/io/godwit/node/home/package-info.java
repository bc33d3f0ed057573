/** What the home node does for processes that have left it. */
@NullMarked
package io.godwit.node.home;

import org.jspecify.annotations.NullMarked;
