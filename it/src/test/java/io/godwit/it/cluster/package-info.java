/**
 * Whole clusters on one machine: daemons in namespaces of their own, reached as a command reaches
 * them.
 */
@NullMarked
package io.godwit.it.cluster;

import org.jspecify.annotations.NullMarked;
