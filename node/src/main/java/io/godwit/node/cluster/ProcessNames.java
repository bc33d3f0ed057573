package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.scheduling.Decision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that users know for the keys that policy orders by. Used by one thread. */
final class ProcessNames {
  private final Map<ProcessKey, String> names =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ProcessKey, String> eldest) {
          return size() > ClusterLimits.NAMES;
        }
      };

  ProcessKey learn(NodeId home, String pod) {
    ProcessKey key = LoadCollector.key(home, pod);
    names.put(key, pod);
    return key;
  }

  /** The name; the key's own text where it was forgotten. */
  String name(ProcessKey key) {
    String name = names.get(key);
    return name == null ? key.toString() : name;
  }

  @Nullable String find(ProcessKey key) {
    return names.get(key);
  }

  /** The keys of that name, of whatever home. */
  List<ProcessKey> keys(String pod) {
    return names.entrySet().stream()
        .filter(each -> each.getValue().equals(pod))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The subject of a rejection: a node's name, or that of the process whose key it is. */
  String subject(String text) {
    if (text.indexOf(':') > 0) {
      for (Map.Entry<ProcessKey, String> each : names.entrySet()) {
        if (each.getKey().toString().equals(text)) {
          return each.getValue();
        }
      }
    }
    return text;
  }

  /** Every reason of a decision, in one line. */
  String reasons(Decision decision) {
    List<String> why =
        decision.rejected().stream()
            .map(each -> subject(each.subject()) + ": " + each.text())
            .toList();
    return why.isEmpty() ? decision.why() : String.join("; ", why);
  }
}
