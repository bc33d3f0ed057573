/** Mobile objects for Java programs. */
@NullMarked
package io.godwit.agents.objects;

import org.jspecify.annotations.NullMarked;
