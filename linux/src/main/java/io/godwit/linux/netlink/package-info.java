/**
 * Netlink: links, addresses and routes (rtnetlink), and what the kernel knows of sockets
 * (sock_diag). A socket belongs to the network namespace in which it was opened, whoever uses it
 * afterwards, and to one thread at a time: requests and their answers go in turn. Answers are
 * checked for their lengths before they are read.
 */
@NullMarked
package io.godwit.linux.netlink;

import org.jspecify.annotations.NullMarked;
