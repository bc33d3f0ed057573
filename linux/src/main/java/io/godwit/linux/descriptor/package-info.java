/**
 * The kernel objects that a descriptor can name, as typed calls: what they are, what they hold, how
 * to make one like it. Each call takes a descriptor of this process; {@link
 * io.godwit.linux.descriptor.ProcessDescriptors#fetch} brings one of another process here, sharing
 * its open file description, so that nothing has to be injected to look at it. Stateless; any
 * thread may call, but for what {@link io.godwit.linux.descriptor.Namespaces} says of its thread.
 */
@NullMarked
package io.godwit.linux.descriptor;

import org.jspecify.annotations.NullMarked;
