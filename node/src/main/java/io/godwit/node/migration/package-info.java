/**
 * The migration algorithm of the survey's section 2.5 and figure 3: negotiate, detach, redirect,
 * extract, create, transfer, forward, resume.
 */
@NullMarked
package io.godwit.node.migration;

import org.jspecify.annotations.NullMarked;
