package io.hanse.jepsen.history;

import io.hanse.jepsen.history.Operation.Kind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Collects the operations of all clients of a run; bounded by the run's own number of operations.
 */
public final class History {
  private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();
  private final AtomicInteger processes = new AtomicInteger();

  public void add(Operation operation) {
    operations.add(operation);
  }

  /** A client, or a client that goes on after an unknown outcome. */
  public int newProcess() {
    return processes.incrementAndGet();
  }

  public List<Operation> all() {
    return List.copyOf(operations);
  }

  public int size() {
    return operations.size();
  }

  public Map<String, List<Operation>> byKey() {
    return operations.stream().collect(Collectors.groupingBy(Operation::key));
  }

  public long count(Kind kind) {
    return operations.stream().filter(each -> each.kind() == kind && !each.isUnknown()).count();
  }

  public long unknown() {
    return operations.stream().filter(Operation::isUnknown).count();
  }
}
