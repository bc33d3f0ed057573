/**
 * Event polls, epoll(7). Watches are added inside the process, for the kernel knows them by its
 * descriptor numbers. Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.epoll;

import org.jspecify.annotations.NullMarked;
