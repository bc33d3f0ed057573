package io.godwit.node.jobs;

import io.godwit.core.ErrorCode;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobSpec;
import io.godwit.core.control.JobView;
import io.godwit.core.control.QueueView;
import io.godwit.node.NodeError;
import io.godwit.node.control.JobOperations;
import io.godwit.node.jobs.JobHost.Standing;
import io.godwit.node.pod.PodError;
import io.godwit.policy.jobs.Hours;
import io.godwit.policy.jobs.JobOrder;
import io.godwit.policy.jobs.JobQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The jobs that were submitted to this node. Safe from any thread; see the package. */
public final class JobRoom implements JobOperations, AutoCloseable {
  private static final Logger LOG = System.getLogger(JobRoom.class.getName());

  /** The wait status of what a SIGKILL has ended. */
  static final int KILLED = 9;

  /** Exit status 127, as shells say it. */
  private static final int NOT_FOUND_STATUS = 127 << 8;

  /** With these a program cannot be started, now or later. */
  private static final Set<ErrorCode> NEVER =
      Set.of(
          PodError.PROGRAM_NOT_FOUND,
          PodError.PROGRAM_NOT_PERMITTED,
          PodError.PROGRAM_NOT_EXECUTABLE,
          PodError.DIRECTORY,
          NodeError.USER_NOT_ADMITTED);

  private final JobHost host;
  private final JobSettings settings;
  private final JobOrder order;
  private final JobTable table; // guarded by this
  private final JobSurvival survival;
  private final Thread thread;
  private boolean woken; // guarded by this
  private volatile boolean closing;

  /**
   * Takes up the jobs that an earlier daemon left. Nothing starts before {@link #start}.
   *
   * @param directory where the spool is
   */
  public JobRoom(JobHost host, JobSettings settings, LeaseBook leases, Path directory) {
    this.host = host;
    this.settings = settings;
    this.order = new JobOrder(settings.rules());
    this.table = new JobTable(new JobSpool(directory), host.self().name());
    this.survival = new JobSurvival(this, host, leases);
    this.thread = Thread.ofPlatform().daemon().name("godwit-jobs").unstarted(this::run);
  }

  /** Finds out what became of the jobs meanwhile, and begins to dispatch. */
  public void start() {
    synchronized (this) {
      table.open().stream().filter(Job::hasStarted).forEach(this::takeUp);
    }
    thread.start();
  }

  private void takeUp(Job job) {
    switch (host.standing(job.name, job.startedMillis)) {
      case NONE -> {
        job.state = JobView.State.PENDING;
        job.startedMillis = 0;
        job.node = "";
        table.changed(job);
      }
      case RUNS -> {
        survival.found(job);
        watch(job);
      }
      case ENDED -> watch(job);
      case GONE -> {
        LOG.log(Level.INFO, "nobody has seen how job {0} ended", job.id());
        if (job.survives()) {
          survival.gone(job);
        } else {
          over(job, KILLED);
        }
      }
    }
  }

  // What users ask.

  @Override
  public List<JobView> submit(int uid, String user, JobSpec spec) {
    String queue = spec.queue() == null ? settings.usualQueue() : spec.queue();
    if (!settings.queues().containsKey(queue)) {
      throw new GodwitException(
          JobError.UNKNOWN_QUEUE,
          "submitting to queue '" + queue + "'",
          "node " + host.self() + " has no such queue; it has " + settings.queues().keySet(),
          "see 'godwit queues', or add [queue." + queue + "] to the node's configuration");
    }
    if (spec.everySeconds() > 0 && settings.checkpoints() == null) {
      throw new GodwitException(
          JobError.NO_PLACE_FOR_CHECKPOINTS,
          "submitting a job that is checkpointed",
          "node " + host.self() + " has no directory for checkpoints that other nodes can read",
          "set jobs.checkpoints in the configuration of every node, or leave out --every");
    }
    synchronized (this) {
      List<Job> made = table.add(spec, queue, uid, user, System.currentTimeMillis());
      wake();
      return made.stream().map(Job::view).toList();
    }
  }

  @Override
  public synchronized List<JobView> jobs(@Nullable String what, boolean ended) {
    return (what == null ? table.all() : table.named(what))
        .stream().filter(job -> ended || job.isOpen()).map(Job::view).toList();
  }

  @Override
  public List<JobView> act(String what, JobAction action) {
    List<Job> meant;
    synchronized (this) {
      meant = table.named(what);
    }
    boolean any = false;
    for (Job job : meant) {
      any |= act(job, action);
    }
    if (!any) {
      throw new GodwitException(
          JobError.NOT_NOW,
          action.wireName() + " of job " + what,
          meant.size() == 1
              ? "it is " + meant.getFirst().view().state().wireName()
              : "none of its jobs is in a state for it",
          "see 'godwit jobs --all'");
    }
    synchronized (this) {
      wake();
      return meant.stream().map(Job::view).toList();
    }
  }

  private boolean act(Job job, JobAction action) {
    JobView.State before;
    synchronized (this) {
      awaitStarted(job);
      before = job.state;
      switch (action) {
        case HOLD -> {
          if (before == JobView.State.PENDING) {
            change(job, JobView.State.HELD);
            return true;
          } else if (before != JobView.State.RUNNING) {
            return false;
          }
        }
        case RELEASE -> {
          if (before == JobView.State.HELD) {
            change(job, JobView.State.PENDING);
            return true;
          } else if (before != JobView.State.SUSPENDED) {
            return false;
          }
        }
        case CANCEL -> {
          if (before == JobView.State.PENDING || before == JobView.State.HELD) {
            job.endedMillis = System.currentTimeMillis();
            change(job, JobView.State.CANCELLED);
            return true;
          } else if (!job.hasStarted()) {
            return false;
          }
          job.killed = true;
        }
      }
    }
    actOnProcess(job, action);
    return true;
  }

  private void actOnProcess(Job job, JobAction action) {
    switch (action) {
      case HOLD -> {
        host.suspend(job.name, true);
        changeIf(job, JobView.State.RUNNING, JobView.State.SUSPENDED);
      }
      case RELEASE -> {
        host.suspend(job.name, false);
        changeIf(job, JobView.State.SUSPENDED, JobView.State.RUNNING);
      }
      case CANCEL -> {
        if (job.state == JobView.State.LOST) {
          survival.giveUp(job);
        } else {
          host.kill(job.name);
        }
      }
    }
  }

  /** Whatever was being done with it is done. */
  private synchronized void rest(Job job) {
    job.busy = false;
    job.starting = false;
    notifyAll();
  }

  /** Called with the monitor: what is half started cannot be acted on. */
  private void awaitStarted(Job job) {
    long end = System.nanoTime() + JobLimits.START_TIME.toNanos();
    while (job.starting) {
      long left = (end - System.nanoTime()) / 1_000_000L;
      if (left <= 0) {
        throw busy(job);
      }
      try {
        wait(left);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        throw busy(job);
      }
    }
  }

  private static GodwitException busy(Job job) {
    return new GodwitException(
        JobError.NOT_NOW,
        "acting on job " + job.id(),
        "it is being started at this moment",
        "try again");
  }

  @Override
  public synchronized List<QueueView> queues() {
    List<QueueView> views = new ArrayList<>();
    for (JobSettings.Queue queue : settings.queues().values()) {
      JobQueue rule = queue.rule();
      List<Job> open = table.open().stream().filter(job -> job.queue.equals(rule.name())).toList();
      int running = (int) open.stream().filter(Job::hasStarted).count();
      views.add(
          new QueueView(
              rule.name(),
              rule.priority(),
              rule.userJobs(),
              rule.queueJobs(),
              rule.nodeJobs(),
              queue.hours(),
              rule.hours().open(minuteOfWeek()),
              open.size() - running,
              running));
    }
    return views;
  }

  // The thread.

  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  private void run() {
    while (!closing) {
      try {
        while (dispatch()) {
          // one after the other: each changes what the next may do
        }
        look();
        survival.tick();
        pause();
      } catch (InterruptedException stopping) {
        return;
      } catch (RuntimeException defect) {
        LOG.log(Level.ERROR, "jobs go on after a defect", defect);
      }
    }
  }

  private synchronized void pause() throws InterruptedException {
    long end = System.nanoTime() + JobLimits.TICK.toNanos();
    long left = JobLimits.TICK.toMillis();
    while (!woken && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000L;
    }
    woken = false;
  }

  /** What is known of the processes of jobs. */
  private void look() {
    List<Job> started;
    synchronized (this) {
      started = table.open().stream().filter(Job::hasStarted).toList();
    }
    for (Job job : started) {
      String node = host.where(job.name).map(NodeId::name).orElse(job.node);
      long cpu = host.cpuMillis(job.name);
      synchronized (this) {
        if (!job.busy) {
          job.node = node;
        }
        job.cpuMillis = Math.max(job.cpuMillis, cpu);
      }
    }
  }

  /** Starts the job whose turn it is; false where none may start. */
  private boolean dispatch() throws InterruptedException {
    if (nothingWaits()) {
      return false;
    }
    Map<NodeId, Integer> cores = host.cores();
    Job job;
    JobOrder.Start start;
    synchronized (this) {
      JobOrder.Plan plan = plan(cores);
      plan.waits().forEach((serial, why) -> table.get(serial).why = why);
      if (plan.starts().isEmpty()) {
        return false;
      }
      start = plan.starts().getFirst();
      job = table.get(start.id());
      job.busy = true;
      job.starting = true;
    }
    try {
      start(job, start);
    } finally {
      synchronized (this) {
        if (job.state == JobView.State.PENDING) {
          job.notBeforeNanos = System.nanoTime() + JobLimits.RETRY.toNanos();
          rest(job);
        }
      }
    }
    return !closing;
  }

  private synchronized boolean nothingWaits() {
    return table.open().stream().noneMatch(job -> job.state == JobView.State.PENDING);
  }

  private JobOrder.Plan plan(Map<NodeId, Integer> cores) {
    long now = System.nanoTime();
    List<JobOrder.Waiting> waiting = new ArrayList<>();
    List<JobOrder.Running> running = new ArrayList<>();
    for (Job job : table.open()) {
      if (job.hasStarted()) {
        running.add(
            new JobOrder.Running(
                job.queue, job.user, job.node.isEmpty() ? null : new NodeId(job.node)));
      } else if (job.state == JobView.State.PENDING && !job.busy && job.mayTry(now)) {
        waiting.add(new JobOrder.Waiting(job.serial, job.queue, job.user));
      }
    }
    return order.plan(waiting, running, new TreeMap<>(cores), minuteOfWeek());
  }

  private static int minuteOfWeek() {
    LocalDateTime now = LocalDateTime.now(java.time.ZoneId.systemDefault());
    return (now.getDayOfWeek().getValue() - 1) * Hours.MINUTES_OF_DAY
        + now.getHour() * 60
        + now.getMinute();
  }

  private void start(Job job, JobOrder.Start start) throws InterruptedException {
    JobHost.Place place;
    try {
      place = host.place(job.name, program(job), job.user, job.needs, start.full());
    } catch (GodwitException busy) {
      place = new JobHost.Place(java.util.Optional.empty(), busy.why());
    }
    NodeId node = place.node().orElse(null);
    synchronized (this) {
      if (node == null) {
        job.why = place.why();
        return;
      }
      job.startedMillis = System.currentTimeMillis();
      job.node = node.name();
      job.why = "";
      change(job, JobView.State.RUNNING);
    }
    try {
      host.run(job.uid, job.user, job.program, job.needs, job.survives());
    } catch (GodwitException failed) {
      notStarted(job, failed);
      return;
    }
    watch(job);
    if (node.equals(host.self())) {
      settled(job);
    } else {
      Thread.ofVirtual().name("godwit-job-" + job.name).start(() -> moveThere(job, node));
    }
  }

  private static String program(Job job) {
    String first = job.program.arguments().getFirst();
    return first.substring(first.lastIndexOf('/') + 1);
  }

  /** A program that cannot be started never will: the job has failed as a shell would say it. */
  private synchronized void notStarted(Job job, GodwitException failed) {
    LOG.log(Level.INFO, "job {0} does not start: {1}", job.id(), failed.getMessage());
    if (!NEVER.contains(failed.code())) {
      again(job, failed.what() + ": " + failed.why());
      return;
    }
    job.why = failed.what() + ": " + failed.why();
    job.waitStatus = NOT_FOUND_STATUS;
    job.endedMillis = System.currentTimeMillis();
    rest(job);
    change(job, JobView.State.FAILED);
  }

  /** A program begins at its home, and goes at once where it has its place. */
  private void moveThere(Job job, NodeId node) {
    try {
      host.move(job.name, node);
      settled(job);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (GodwitException failed) {
      notMoved(job, node, failed);
    }
  }

  private void notMoved(Job job, NodeId node, GodwitException failed) {
    try {
      if (host.standing(job.name, job.startedMillis) == Standing.ENDED) {
        settled(job); // it was over before it could move
      } else if (host.suits(job.needs)) {
        LOG.log(Level.INFO, "job {0} stays at home: {1}", job.id(), failed.why());
        settled(job);
      } else {
        back(job, "node " + node + ": " + failed.why());
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void settled(Job job) {
    rest(job);
    job.node = host.where(job.name).map(NodeId::name).orElse(job.node);
    survival.found(job);
    wake();
  }

  /** It may not run here and did not get away: it waits again. */
  private void back(Job job, String why) throws InterruptedException {
    synchronized (this) {
      job.startedMillis = 0; // its end means nothing
    }
    host.kill(job.name);
    try {
      var _ = host.end(job.name).get(JobLimits.KILL_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException stays) {
      LOG.log(Level.WARNING, "job {0} does not end at home", job.id());
    }
    again(job, why);
  }

  private synchronized void again(Job job, String why) {
    job.startedMillis = 0;
    job.node = "";
    job.why = why;
    rest(job);
    job.notBeforeNanos = System.nanoTime() + JobLimits.RETRY.toNanos();
    change(job, JobView.State.PENDING);
  }

  // What others of this package tell.

  void watch(Job job) {
    long begun = job.startedMillis;
    int restart = job.restarts;
    var _ = host.end(job.name).thenAccept(status -> ended(job, begun, restart, status));
  }

  private void ended(Job job, long begun, int restart, int status) {
    synchronized (this) {
      if (job.startedMillis != begun || job.restarts != restart || !job.hasStarted()) {
        return;
      }
      over(job, status);
    }
    survival.ended(job);
  }

  /** Its last word. */
  synchronized void over(Job job, int status) {
    job.waitStatus = status;
    job.endedMillis = System.currentTimeMillis();
    job.why = "";
    rest(job);
    change(job, status == 0 ? JobView.State.DONE : JobView.State.FAILED);
    wake();
  }

  synchronized void change(Job job, JobView.State to) {
    job.state = to;
    table.changed(job);
  }

  private synchronized void changeIf(Job job, JobView.State from, JobView.State to) {
    if (job.state == from) {
      change(job, to);
    }
  }

  /** Whether a process is to run: one whose job is over is not. */
  public synchronized boolean wants(String pod) {
    boolean known = table.all().stream().anyMatch(job -> job.name.equals(pod));
    return !known || table.ofPod(pod).isPresent();
  }

  /**
   * The last checkpoint of a job.
   *
   * @param directory below the place for checkpoints
   */
  public record Kept(String directory, long writtenMillis) {}

  /** The checkpoints that jobs would be restarted from, by the names of their processes. */
  public synchronized Map<String, Kept> checkpoints() {
    Map<String, Kept> kept = new HashMap<>();
    for (Job job : table.open()) {
      Job.Image last = job.image;
      if (last != null) {
        kept.put(job.name, new Kept(last.directory(), last.writtenMillis()));
      }
    }
    return kept;
  }

  /**
   * The process of a job is gone where it was, and nobody has seen how.
   *
   * @return whether it will be restarted
   */
  public boolean gone(String pod) {
    Job job = ofPod(pod);
    return job != null && job.survives() && survival.goneThere(job);
  }

  synchronized List<Job> openJobs() {
    return table.open();
  }

  synchronized @Nullable Job ofPod(String pod) {
    return table.ofPod(pod).orElse(null);
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    survival.close();
  }
}
