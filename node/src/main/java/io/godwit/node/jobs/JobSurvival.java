package io.godwit.node.jobs;

import io.godwit.core.GodwitException;
import io.godwit.core.control.JobView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Lets jobs live longer than the nodes that they run on: writes checkpoints when they are due, and
 * restarts a job from its last one when it is certain that it runs nowhere any more.
 */
final class JobSurvival implements AutoCloseable {
  private static final Logger LOG = System.getLogger(JobSurvival.class.getName());

  private final JobRoom room;
  private final JobHost host;
  private final LeaseBook leases;
  private final Duration silenceTold;
  private final Semaphore checkpoints = new Semaphore(JobLimits.CHECKPOINTS_AT_ONCE);
  private volatile boolean closing;
  private boolean announced;

  JobSurvival(JobRoom room, JobHost host, LeaseBook leases) {
    this.room = room;
    this.host = host;
    this.leases = leases;
    this.silenceTold = leases.lease();
  }

  /** A job runs, here or elsewhere. */
  void found(Job job) {
    if (job.survives()) {
      job.checkpointDueNanos = System.nanoTime() + job.everySeconds * 1_000_000_000L;
    }
  }

  /** A job that ran here has gone and nobody has seen how; called with the room's monitor. */
  void gone(Job job) {
    job.checkpointDueNanos = System.nanoTime();
    room.change(job, JobView.State.LOST);
  }

  /** A node says that a job's process has gone there unseen: with its machine. */
  boolean goneThere(Job job) {
    synchronized (room) {
      if (!job.hasStarted()) {
        return false;
      }
      leases.gone(job.name, System.nanoTime());
      gone(job);
    }
    room.wake();
    return true;
  }

  void ended(Job job) {
    leases.back(job.name);
    Job.Image last = job.image;
    if (last != null) {
      Thread.ofVirtual().name("godwit-discard-" + job.name).start(() -> discard(last.directory()));
    }
  }

  /** It is cancelled while nobody knows where it is. */
  void giveUp(Job job) {
    synchronized (room) {
      if (job.state == JobView.State.LOST && !job.busy) {
        room.over(job, JobRoom.KILLED);
      }
    }
    ended(job);
  }

  /** Looks at every job that is to survive. */
  void tick() {
    if (!announced) {
      announced = true;
      leases.ready();
    }
    long now = System.nanoTime();
    for (Job job : room.openJobs()) {
      if (job.survives() && job.hasStarted()) {
        look(job, now);
      }
    }
  }

  private void look(Job job, long now) {
    boolean here = host.where(job.name).filter(host.self()::equals).isPresent();
    if (here) {
      leases.back(job.name);
    } else {
      leases.away(job.name, now);
    }
    synchronized (room) {
      if (job.busy || !job.hasStarted()) {
        return;
      }
      if (job.state == JobView.State.LOST) {
        lost(job, here, now);
        return;
      }
      if (leases.silence(job.name, now).filter(t -> t.compareTo(silenceTold) > 0).isPresent()) {
        LOG.log(Level.INFO, "node {0} is silent about job {1}", job.node, job.id());
        job.why = "node " + job.node + " has not been heard for longer than the lease";
        room.change(job, JobView.State.LOST);
        return;
      }
      if (job.state == JobView.State.RUNNING && now - job.checkpointDueNanos >= 0) {
        due(job);
      }
    }
  }

  /** Called with the room's monitor. */
  private void lost(Job job, boolean here, long now) {
    if (!here
        && leases.silence(job.name, now).filter(t -> t.compareTo(silenceTold) <= 0).isPresent()) {
      job.why = "";
      room.change(job, JobView.State.RUNNING); // it was heard again in time
      return;
    }
    if (job.mayTry(now)) {
      if (here || leases.isOver(job.name, now)) {
        job.busy = true;
        Thread.ofVirtual().name("godwit-restart-" + job.name).start(() -> restart(job));
      }
    }
  }

  private void restart(Job job) {
    Job.Image from = job.image;
    try {
      host.retake(job.name, from == null ? JobHost.Written.NOTHING : from.written());
      if (from == null) {
        host.run(job.uid, job.user, job.program, job.needs, true);
      } else {
        host.restart(job.name, from.directory(), from.written(), job.needs);
      }
      restarted(job, from);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (GodwitException failed) {
      LOG.log(Level.WARNING, "job {0} is not restarted: {1}", job.id(), failed.getMessage());
      notRestarted(job, failed.what() + ": " + failed.why());
    } catch (RuntimeException defect) {
      LOG.log(Level.ERROR, "job " + job.id() + " is not restarted", defect);
      notRestarted(job, defect.toString());
    }
  }

  private void restarted(Job job, Job.@Nullable Image from) {
    LOG.log(
        Level.INFO,
        "job {0} is restarted from {1}",
        job.id(),
        from == null ? "its beginning" : from.directory());
    synchronized (room) {
      job.restarts++;
      job.node = host.self().name();
      job.why = "";
      job.busy = false;
      job.notBeforeNanos = Long.MIN_VALUE;
      found(job);
      room.change(job, JobView.State.RUNNING);
      room.watch(job);
    }
    if (job.killed) {
      host.kill(job.name);
    }
    room.wake();
  }

  private void notRestarted(Job job, String why) {
    synchronized (room) {
      job.why = why;
      job.busy = false;
      job.notBeforeNanos = System.nanoTime() + JobLimits.RESTART_RETRY.toNanos();
    }
  }

  // Checkpoints.

  /** Called with the room's monitor. */
  private void due(Job job) {
    if (!checkpoints.tryAcquire()) {
      return;
    }
    job.busy = true;
    Thread.ofVirtual().name("godwit-checkpoint-" + job.name).start(() -> checkpoint(job));
  }

  private void checkpoint(Job job) {
    String directory;
    int restart;
    synchronized (room) {
      job.images++;
      restart = job.restarts;
      directory = host.self().name() + "/" + job.serial + "/" + job.images;
      room.change(job, job.state); // the number is used up, whatever comes
    }
    long next = Math.min(job.everySeconds * 1_000_000_000L, JobLimits.CHECKPOINT_RETRY.toNanos());
    boolean counts = false;
    try {
      JobHost.Written written = host.checkpoint(job.name, directory);
      counts =
          host.awaitOutput(job.name, written, JobLimits.OUTPUT_TIME.toMillis())
              && counts(job, restart, directory, written);
      next = counts ? job.everySeconds * 1_000_000_000L : next;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (GodwitException failed) {
      LOG.log(Level.INFO, "no checkpoint of job {0}: {1}", job.id(), failed.getMessage());
    } catch (RuntimeException defect) {
      LOG.log(Level.ERROR, "no checkpoint of job " + job.id(), defect);
    } finally {
      checkpoints.release();
      if (!counts && !closing) {
        discard(directory);
      }
      synchronized (room) {
        job.busy = false;
        job.checkpointDueNanos = System.nanoTime() + next;
      }
      room.wake();
    }
  }

  /** From now on the job would be restarted from this one; the one before it goes. */
  private boolean counts(Job job, int restart, String directory, JobHost.Written written) {
    Job.Image before;
    synchronized (room) {
      if (!job.hasStarted() || job.restarts != restart) {
        return false;
      }
      before = job.image;
      job.image = new Job.Image(directory, written, System.currentTimeMillis());
      room.change(job, job.state);
    }
    if (before != null) {
      discard(before.directory());
    }
    return true;
  }

  private void discard(String directory) {
    try {
      host.discard(directory);
    } catch (GodwitException stays) {
      LOG.log(Level.INFO, "the checkpoint {0} stays: {1}", directory, stays.getMessage());
    }
  }

  @Override
  public void close() {
    closing = true;
  }
}
