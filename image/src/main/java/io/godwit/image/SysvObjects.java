package io.godwit.image;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The System V objects of the pod's IPC namespace (sysvipc(7)).
 *
 * @param settings of the namespace; those that are not named are the kernel's for a new one
 */
public record SysvObjects(
    List<Segment> segments,
    List<SemaphoreSet> semaphoreSets,
    List<MessageQueue> messageQueues,
    List<Setting> settings) {
  /** None at all. */
  public static final SysvObjects NONE =
      new SysvObjects(List.of(), List.of(), List.of(), List.of());

  public SysvObjects {
    segments = Require.entries(segments, "System V segments");
    semaphoreSets = Require.entries(semaphoreSets, "System V semaphore sets");
    messageQueues = Require.entries(messageQueues, "System V message queues");
    settings = Require.entries(settings, "System V settings");
  }

  /** Whether there is no object, whatever the settings. */
  public boolean isEmpty() {
    return segments.isEmpty() && semaphoreSets.isEmpty() && messageQueues.isEmpty();
  }

  /** The segment whose pages are those of a memory object. */
  public Optional<Segment> segmentOf(ObjectId memory) {
    return segments.stream().filter(segment -> segment.memory().equals(memory)).findFirst();
  }

  /**
   * A limit of the namespace (proc_sys_kernel(5)).
   *
   * @param name one of {@link #NAMES}
   * @param value its numbers as the kernel writes them
   */
  public record Setting(String name, String value) {
    /** The files of /proc/sys/kernel that belong to an IPC namespace and are carried. */
    public static final List<String> NAMES =
        List.of("shmmax", "shmall", "shmmni", "msgmax", "msgmnb", "msgmni", "sem");

    private static final Pattern NUMBERS = Pattern.compile("[0-9]{1,20}([\\t ]+[0-9]{1,20}){0,3}");

    public Setting {
      Require.that(NAMES.contains(name), "no setting of System V objects: " + name);
      Require.that(NUMBERS.matcher(value).matches(), "the setting " + name + " has no numbers");
    }
  }

  /**
   * Who an object is and who may use it.
   *
   * @param id what shmget(2) and the like returned
   * @param key 0 for IPC_PRIVATE
   */
  public record Identity(
      int id, int key, int user, int group, int creator, int creatorGroup, int mode) {
    public Identity {
      Require.notNegative(id, "a System V id");
      Require.range(mode, 0, 07777, "a System V mode");
    }
  }

  /** Shared memory; its pages are those of {@code memory}. */
  public record Segment(Identity identity, ObjectId memory) {}

  /**
   * Semaphores.
   *
   * @param undo adjustments at exit (SEM_UNDO)
   * @param operated whether semop(2) has succeeded on it (sem_otime is not 0)
   */
  public record SemaphoreSet(
      Identity identity, List<Integer> values, List<Undo> undo, boolean operated) {
    public SemaphoreSet {
      values = Require.entries(values, "semaphores");
      undo = Require.entries(undo, "semaphore adjustments");
    }
  }

  /** What the end of a process adds to a semaphore. */
  public record Undo(int process, int semaphore, int adjustment) {
    public Undo {
      Require.range(process, 1, Integer.MAX_VALUE, "a process id");
      Require.notNegative(semaphore, "a semaphore's index");
    }
  }

  /**
   * Messages.
   *
   * @param capacity msg_qbytes
   */
  public record MessageQueue(Identity identity, long capacity, List<QueuedMessage> messages) {
    public MessageQueue {
      Require.notNegative(capacity, "a queue's capacity");
      messages = Require.entries(messages, "messages");
    }
  }

  /** One message with its type. */
  public record QueuedMessage(long type, Bytes text) {
    public QueuedMessage {
      Require.range(type, 1, Long.MAX_VALUE, "a message's type");
      Require.state(text, "a message");
    }
  }
}
