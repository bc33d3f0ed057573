package io.godwit.node.control;

import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlError;
import io.godwit.linux.account.Account;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/**
 * The kernel's word for who connected (SO_PEERCRED, unix(7)). The JDK gives a principal that holds
 * the user id but shows only the name it belongs to; so the name is looked up, and the principal of
 * the account found is compared with the one given: principals are equal when their ids are.
 */
final class PeerCredentials {
  private PeerCredentials() {}

  static Caller of(SocketChannel channel) throws IOException {
    UserPrincipal user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    String name = user.getName();
    Optional<Account> account = Account.named(name);
    int uid = account.isPresent() ? account.get().uid() : parseId(name);
    UserPrincipal check =
        FileSystems.getDefault()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(account.isPresent() ? name : Integer.toUnsignedString(uid));
    if (!check.equals(user)) {
      throw unknown("two users share the name '" + name + "'");
    }
    return new Caller(uid, name);
  }

  private static int parseId(String name) {
    try {
      return Integer.parseUnsignedInt(name);
    } catch (NumberFormatException e) {
      throw unknown("the user '" + name + "' is in no user database");
    }
  }

  private static GodwitException unknown(String why) {
    return new GodwitException(
        ControlError.UNKNOWN_CALLER,
        "the request was refused",
        why,
        "look at the output of: id; getent passwd");
  }
}
