/**
 * What this machine can do for Godwit. Each feature is tried, not guessed from the kernel's
 * version: a container or a security module may refuse what the kernel has. Probes leave nothing
 * behind: what they make lives in namespaces, threads or a stub of their own. {@link
 * io.godwit.linux.doctor.Doctor} runs them one after another on the calling thread.
 */
@NullMarked
package io.godwit.linux.doctor;

import org.jspecify.annotations.NullMarked;
