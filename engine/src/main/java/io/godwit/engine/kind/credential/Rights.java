package io.godwit.engine.kind.credential;

import io.godwit.engine.restore.RestoredThread;
import io.godwit.image.Credentials;
import io.godwit.image.Security;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Gives a thread that has all rights of this process those of its image, credentials(7) and
 * capabilities(7). The order matters: each step needs a right that a later one takes away.
 */
final class Rights {
  private static final int PR_SET_KEEPCAPS = 8;
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_SET_SECUREBITS = 28;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_CAP_AMBIENT = 47;
  private static final int PR_CAP_AMBIENT_RAISE = 2;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;
  private static final int CALLS = 200;
  private static final int BYTES_BUT_GROUPS = 512;

  private Rights() {}

  /**
   * @param ours the permitted capabilities of this process: more cannot be given
   * @param lastCapability the highest capability of this kernel
   */
  static void set(RestoredThread thread, Security security, long ours, int lastCapability) {
    Credentials target = security.credentials();
    Credentials.Capabilities caps = target.capabilities();
    SyscallBatch batch =
        thread.calls().room(CALLS, BYTES_BUT_GROUPS + 4 * target.supplementaryGroups().size());
    for (int capability = 0; capability <= lastCapability; capability++) {
      if ((caps.bounding() >>> capability & 1) == 0) {
        batch.add(Syscall.PRCTL, PR_CAPBSET_DROP, capability);
      }
    }
    List<Integer> groups = target.supplementaryGroups();
    ByteBuffer raw = ByteBuffer.allocate(4 * groups.size()).order(ByteOrder.nativeOrder());
    groups.forEach(raw::putInt);
    batch.add(Syscall.SETGROUPS, groups.size(), groups.isEmpty() ? 0 : batch.data(raw.array()));
    Credentials.UserIds group = target.groups();
    batch.add(Syscall.SETRESGID, group.real(), group.effective(), group.saved());
    batch.add(Syscall.SETFSGID, group.fileSystem());
    batch.add(Syscall.PRCTL, PR_SET_KEEPCAPS, 1);
    Credentials.UserIds user = target.users();
    batch.add(Syscall.SETRESUID, user.real(), user.effective(), user.saved());
    // The change of user has lowered the effective set; the permitted one was kept.
    capabilities(batch, ours, ours, caps.inheritable() & (ours | caps.bounding()));
    batch.add(Syscall.SETFSUID, user.fileSystem());
    batch.add(Syscall.PRCTL, PR_SET_SECUREBITS, target.secureBits());
    for (int capability = 0; capability <= lastCapability; capability++) {
      if (((caps.ambient() & ours) >>> capability & 1) != 0) {
        batch.add(Syscall.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
      }
    }
    capabilities(
        batch,
        caps.effective() & ours,
        caps.permitted() & ours,
        caps.inheritable() & (ours | caps.bounding()));
    if (security.noNewPrivileges()) {
      batch.add(Syscall.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
  }

  /** capset(2): two structures of 32 bits each. */
  private static void capabilities(
      SyscallBatch batch, long effective, long permitted, long inheritable) {
    ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    header.putInt(CAPABILITY_VERSION_3).putInt(0);
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    for (int half = 0; half < 2; half++) {
      data.putInt((int) (effective >>> (32 * half)));
      data.putInt((int) (permitted >>> (32 * half)));
      data.putInt((int) (inheritable >>> (32 * half)));
    }
    batch.add(Syscall.CAPSET, batch.data(header.array()), batch.data(data.array()));
  }
}
