/**
 * Control groups of version 2: finding where they are mounted, and a group's life. One thread at a
 * time for each group.
 */
@NullMarked
package io.godwit.linux.cgroup;

import org.jspecify.annotations.NullMarked;
