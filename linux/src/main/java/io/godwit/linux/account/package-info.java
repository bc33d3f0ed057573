/** The system's user accounts, through the C library so that every configured source counts. */
@NullMarked
package io.godwit.linux.account;

import org.jspecify.annotations.NullMarked;
