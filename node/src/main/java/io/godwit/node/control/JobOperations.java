package io.godwit.node.control;

import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobSpec;
import io.godwit.core.control.JobView;
import io.godwit.core.control.QueueView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What users may ask of the jobs that were submitted to this node; see {@link NodeOperations}. */
public interface JobOperations {
  /** Takes in a job, or an array of them, for a user. */
  List<JobView> submit(int uid, String user, JobSpec spec);

  /**
   * What became of jobs.
   *
   * @param what as {@link #act} takes it; null for all
   * @param ended whether those that are over are told too
   */
  List<JobView> jobs(@Nullable String what, boolean ended);

  /**
   * Does what a user asks with jobs.
   *
   * @param what a job's id, an array's, or a name
   */
  List<JobView> act(String what, JobAction action);

  /** The queues with what is in them. */
  List<QueueView> queues();
}
