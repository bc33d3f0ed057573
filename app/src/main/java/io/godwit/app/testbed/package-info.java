/**
 * Several nodes on one machine, each a real daemon in its own network, mount, PID, UTS, IPC and
 * time namespaces with its own state directory and address, joined by a bridge in a network
 * namespace of its own. No interface, address or mount outside of these is touched.
 *
 * <p>Used by one thread. Everything is gone when the testbed is closed; the kernel itself takes the
 * network away when nobody holds its namespaces any more.
 */
@NullMarked
package io.godwit.app.testbed;

import org.jspecify.annotations.NullMarked;
