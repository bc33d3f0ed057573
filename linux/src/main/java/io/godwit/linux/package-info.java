/**
 * The kernel as typed Java: calls that throw LinuxException, and the types that keep process ids,
 * descriptors and addresses apart. Mechanism without policy; knows nothing of migration.
 */
@NullMarked
package io.godwit.linux;

import org.jspecify.annotations.NullMarked;
