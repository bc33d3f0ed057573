/**
 * Where a process is now: by its home node (Sprite, MOSIX), by forwarding with update of links
 * (DEMOS/MP, Charlotte) or by asking everybody (the V kernel); survey sections 3.4 and 4. Answers
 * carry the epoch of ownership: what has a lower one is stale and never replaces what has a higher
 * one. Pure; one thread at a time.
 */
@NullMarked
package io.godwit.policy.naming;

import org.jspecify.annotations.NullMarked;
