/**
 * {@code godwit bench}: the measurements of {@code io.godwit.bench} on two real daemons in
 * namespaces of their own. One thread; the testbed removes all that was made, whichever way it
 * ends.
 */
@NullMarked
package io.godwit.app.bench;

import org.jspecify.annotations.NullMarked;
