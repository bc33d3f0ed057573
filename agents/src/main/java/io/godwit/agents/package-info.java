/**
 * Mobile agents for Java programs (survey section 4.4): programs that move by their own decision.
 */
@NullMarked
package io.godwit.agents;

import org.jspecify.annotations.NullMarked;
