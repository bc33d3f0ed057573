/** Netlink: routes, links, sock_diag and nf_tables. */
@NullMarked
package io.godwit.linux.netlink;

import org.jspecify.annotations.NullMarked;
