package io.godwit.app;

import io.godwit.app.bench.BenchCommand;
import io.godwit.app.demo.DemoCommand;
import io.godwit.cli.AdoptCommand;
import io.godwit.cli.AttachCommand;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.DrainCommand;
import io.godwit.cli.ExplainCommand;
import io.godwit.cli.HistoryCommand;
import io.godwit.cli.InitCommand;
import io.godwit.cli.JobActionCommand;
import io.godwit.cli.JobsCommand;
import io.godwit.cli.JoinCommand;
import io.godwit.cli.LogsCommand;
import io.godwit.cli.MetricsCommand;
import io.godwit.cli.MigrateCommand;
import io.godwit.cli.NodesCommand;
import io.godwit.cli.OwnerCommand;
import io.godwit.cli.PsCommand;
import io.godwit.cli.QueuesCommand;
import io.godwit.cli.RunCommand;
import io.godwit.cli.SignalCommand;
import io.godwit.cli.SubmitCommand;
import io.godwit.cli.TokenCommand;
import io.godwit.cli.UndrainCommand;
import io.godwit.cli.WaitCommand;
import io.godwit.cli.top.TopCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every subcommand by name. Only the class of the one that is asked for is loaded, for which reason
 * this is a switch and not a table of instances.
 */
final class Commands {
  /**
   * What the overview says of a command.
   *
   * @param group the heading it stands under
   */
  record Entry(String name, String group, String summary) {}

  private static final String PROCESSES = "Processes";
  private static final String JOBS = "Jobs";
  private static final String CLUSTER = "Cluster";
  private static final String OTHER = "Other";

  private Commands() {}

  /** A new command, or null where the name is none. */
  static @Nullable CommandBody create(String name, CommandIo io) {
    return (CommandBody) instance(name, io);
  }

  /**
   * An Object for the verifier's sake: for any other class it would load every command to check.
   */
  private static @Nullable Object instance(String name, CommandIo io) {
    return switch (name) {
      case "run" -> new RunCommand(io);
      case "adopt" -> new AdoptCommand(io);
      case "ps" -> new PsCommand(io);
      case "migrate" -> new MigrateCommand(io);
      case "signal" -> new SignalCommand(io);
      case "wait" -> new WaitCommand(io);
      case "logs" -> new LogsCommand(io);
      case "attach" -> new AttachCommand(io);
      case "init" -> new InitCommand(io);
      case "token" -> new TokenCommand(io);
      case "join" -> new JoinCommand(io);
      case "nodes" -> new NodesCommand(io);
      case "metrics" -> new MetricsCommand(io);
      case "top" -> new TopCommand(io);
      case "drain" -> new DrainCommand(io);
      case "undrain" -> new UndrainCommand(io);
      case "owner" -> new OwnerCommand(io);
      case "submit" -> new SubmitCommand(io);
      case "jobs" -> new JobsCommand(io);
      case "queues" -> new QueuesCommand(io);
      case "hold" -> JobActionCommand.hold(io);
      case "release" -> JobActionCommand.release(io);
      case "cancel" -> JobActionCommand.cancel(io);
      case "history" -> new HistoryCommand(io);
      case "explain" -> new ExplainCommand(io);
      case "node" -> new NodeCommand(io);
      case "checkpoint" -> new CheckpointCommand(io);
      case "restart" -> new RestartCommand(io);
      case "image" -> new ImageCommand(io);
      case "doctor" -> new DoctorCommand(io);
      case "demo" -> new DemoCommand(io);
      case "bench" -> new BenchCommand(io);
      case "simulate" -> new SimulateCommand(io);
      case "profile" -> new ProfileCommand(io);
      case "completion" -> new CompletionCommand(io);
      case "version" -> new VersionCommand(io);
      default -> null;
    };
  }

  /** All commands in the order of the overview. */
  static List<Entry> entries() {
    return List.of(
        new Entry("run", PROCESSES, "run a program so that it can be moved while it runs"),
        new Entry("adopt", PROCESSES, "take a running process into care"),
        new Entry("ps", PROCESSES, "list processes and where they are"),
        new Entry("migrate", PROCESSES, "move a process to another node"),
        new Entry("signal", PROCESSES, "send a signal to a process"),
        new Entry("wait", PROCESSES, "wait until a process has ended"),
        new Entry("logs", PROCESSES, "print what a process has written"),
        new Entry("attach", PROCESSES, "connect with the console of a process"),
        new Entry("checkpoint", PROCESSES, "write a running process to an image"),
        new Entry("restart", PROCESSES, "rebuild a process from its image"),
        new Entry("image", PROCESSES, "show, verify or compare images"),
        new Entry("submit", JOBS, "hand in a job, or an array of jobs"),
        new Entry("jobs", JOBS, "list jobs, where they run and what they wait for"),
        new Entry("queues", JOBS, "list queues, their limits and what is in them"),
        new Entry("hold", JOBS, "keep a job from starting, or stop it"),
        new Entry("release", JOBS, "let a held job go on"),
        new Entry("cancel", JOBS, "take a job out of its queue, or kill it"),
        new Entry("history", JOBS, "tell how jobs have ended"),
        new Entry("init", CLUSTER, "make a cluster"),
        new Entry("token", CLUSTER, "make a token for one more node"),
        new Entry("join", CLUSTER, "take this node into a cluster"),
        new Entry("nodes", CLUSTER, "list the nodes"),
        new Entry("top", CLUSTER, "watch nodes, processes and moves on the whole screen"),
        new Entry("metrics", CLUSTER, "print this node's figures for Prometheus"),
        new Entry("explain", CLUSTER, "tell why the schedulers moved a process, or did not"),
        new Entry("drain", CLUSTER, "empty a node: every process leaves it, alive"),
        new Entry("undrain", CLUSTER, "open a drained node again"),
        new Entry("owner", CLUSTER, "tell a workstation that its owner is back, or has left"),
        new Entry("node", CLUSTER, "run this machine's daemon"),
        new Entry("doctor", OTHER, "try what this machine can do for Godwit"),
        new Entry("demo", OTHER, "watch real programs move between three nodes"),
        new Entry("bench", OTHER, "measure migrations between two nodes"),
        new Entry("simulate", OTHER, "run scheduling policies in virtual time"),
        new Entry("profile", OTHER, "show and choose the scheduling profile"),
        new Entry("completion", OTHER, "print the completion script for bash or zsh"),
        new Entry("version", OTHER, "print the release of the command and the daemon"));
  }
}
