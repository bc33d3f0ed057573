package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.control.RunSpec;
import io.godwit.linux.account.Account;
import io.godwit.node.NodeError;
import io.godwit.node.control.Caller;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** As whom a program runs, by the user database of this node. */
final class ProgramOwner {
  private static final Logger LOG = System.getLogger(ProgramOwner.class.getName());

  private ProgramOwner() {}

  /** The user that a request names, or who makes it. */
  static Account of(Caller caller, RunSpec spec) {
    String user = spec.user();
    Optional<Account> found =
        user == null
            ? Account.ofUid(caller.uid())
            : user.chars().allMatch(Character::isDigit)
                ? Account.ofUid(Integer.parseInt(user))
                : Account.named(user);
    return found.orElseThrow(
        () ->
            new GodwitException(
                NodeError.USER_NOT_ADMITTED,
                "starting a program as " + (user == null ? caller.user() : user),
                "the user database of this node has no such user",
                "name another --user"));
  }

  /** The supplementary groups of a user, group(5). */
  static List<Integer> groups(Account owner) {
    List<Integer> found = new ArrayList<>();
    found.add(owner.gid());
    try {
      for (String line : Files.readAllLines(Path.of("/etc/group"))) {
        String[] fields = line.split(":", -1);
        if (fields.length == 4
            && List.of(fields[3].split(",")).contains(owner.name())
            && fields[2].matches("[0-9]{1,9}")) {
          int gid = Integer.parseInt(fields[2]);
          if (!found.contains(gid)) {
            found.add(gid);
          }
        }
      }
    } catch (IOException none) {
      LOG.log(Level.DEBUG, "no group database: {0}", none.getMessage());
    }
    return found;
  }
}
