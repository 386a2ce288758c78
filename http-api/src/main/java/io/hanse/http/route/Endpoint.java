package io.hanse.http.route;

import io.hanse.http.exchange.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One path with its methods. A path that ends in a slash stands for all that is below it.
 *
 * @param operations in the order in which {@code Allow} names them
 * @param needsState whether it waits until this server has loaded its state
 */
public record Endpoint(String path, Scope scope, List<Operation> operations, boolean needsState) {
  /** Which of the parameters that all endpoints share are looked at. */
  public enum Scope {
    /** The data of a datacenter: {@code dc} may only name this one. */
    DATACENTER,
    /** The agent that was asked: {@code dc} means nothing. */
    AGENT,
    /** Peerings, which know neither {@code dc} nor {@code ns}. */
    PEERING
  }

  /**
   * One method of the path.
   *
   * @param permission what a token will need; "-" for nothing
   * @param summary for the generated list
   */
  public record Operation(String method, String permission, Handler handler, String summary) {}

  public Endpoint {
    operations = List.copyOf(operations);
  }

  static Endpoint at(String path) {
    return new Endpoint(path, Scope.DATACENTER, List.of(), true);
  }

  static Endpoint atAgent(String path) {
    return new Endpoint(path, Scope.AGENT, List.of(), true);
  }

  static Endpoint atPeering(String path) {
    return new Endpoint(path, Scope.PEERING, List.of(), true);
  }

  Endpoint get(String permission, Handler handler, String summary) {
    return with("GET", permission, handler, summary);
  }

  Endpoint put(String permission, Handler handler, String summary) {
    return with("PUT", permission, handler, summary);
  }

  Endpoint post(String permission, Handler handler, String summary) {
    return with("POST", permission, handler, summary);
  }

  Endpoint delete(String permission, Handler handler, String summary) {
    return with("DELETE", permission, handler, summary);
  }

  private Endpoint with(String method, String permission, Handler handler, String summary) {
    List<Operation> more = new ArrayList<>(operations);
    more.add(new Operation(method, permission, handler, summary));
    return new Endpoint(path, scope, more, needsState);
  }

  /** The same, which can be answered while this server starts. */
  Endpoint withoutState() {
    return new Endpoint(path, scope, operations, false);
  }

  public Optional<Operation> operation(String method) {
    return operations.stream().filter(operation -> operation.method().equals(method)).findFirst();
  }

  /** The value of the header {@code Allow}. */
  public String allow() {
    return operations.stream()
        .map(Operation::method)
        .collect(Collectors.joining(",", "OPTIONS,", ""));
  }
}
