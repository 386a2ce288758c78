package io.hanse.jepsen.workload;

import io.hanse.jepsen.history.ExportHistory;
import io.hanse.jepsen.history.ExportHistory.Exposure;
import io.hanse.jepsen.history.Operation;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Takes one name after the other out of what a cluster exports to another, for a while, and puts it
 * back. Nobody else writes that list.
 */
final class Exposer implements Clients.Client {
  private static final String ENTRY = "/v1/config/exported-services/default";

  /** So long all names are exported between two that are not. */
  private static final Duration EXPOSED = Duration.ofSeconds(10);

  private final ExportHistory history;
  private final List<String> all;
  private final String peer;
  private final Duration hiding;
  private final Supplier<List<String>> choices;
  private long changedNanos = System.nanoTime();

  /** The one name that is not exported; empty: all are. */
  private volatile String hidden = "";

  /** That of the change whose outcome is not known; empty: there is none. */
  private String unknown = "";

  /**
   * Changes nothing yet.
   *
   * @param all that are exported
   * @param hiding how long one is not
   * @param choices of which one is hidden next; none: now is not the time
   */
  Exposer(
      ExportHistory history,
      List<String> all,
      String peer,
      Duration hiding,
      Supplier<List<String>> choices) {
    this.history = history;
    this.all = all;
    this.peer = peer;
    this.hiding = hiding;
    this.choices = choices;
  }

  /** The config entry for all names but one. */
  String entry(String without) {
    return all.stream()
        .filter(name -> !name.equals(without))
        .map(name -> "{\"Name\":\"%s\",\"Consumers\":[{\"Peer\":\"%s\"}]}".formatted(name, peer))
        .collect(
            Collectors.joining(
                ",", "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[", "]}"));
  }

  boolean isHidden(String name) {
    return hidden.equals(name);
  }

  @Override
  public void step(Api api, SplittableRandom random) throws InterruptedException {
    Duration rest = hidden.isEmpty() ? EXPOSED : hiding;
    boolean isDue = System.nanoTime() - changedNanos > rest.toNanos();
    List<String> names = choices.get();
    if (unknown.isEmpty() && (names.isEmpty() || !isDue)) {
      return;
    }
    boolean isHiding = hidden.isEmpty() && unknown.isEmpty();
    String name = isHiding ? names.get(random.nextInt(names.size())) : hidden + unknown;
    Api.Answer stored = api.get(ENTRY);
    if (!stored.isOk()) {
      return;
    }
    // It changes nothing where one of unknown outcome has come meanwhile.
    String path = "/v1/config?cas=" + stored.number("ModifyIndex");
    long call = System.nanoTime();
    Api.Answer answer = api.put(path, entry(isHiding ? name : ""));
    long now = System.nanoTime();
    boolean isKnown = answer.outcome() != Api.Outcome.UNKNOWN;
    boolean isDone = answer.isOk() && answer.body().contains("true");
    if (isKnown && !isDone) {
      return;
    }
    history.add(new Exposure(name, !isHiding, call, isKnown ? now : Operation.UNKNOWN));
    hidden = isKnown && isHiding ? name : "";
    unknown = isKnown ? "" : name;
    changedNanos = now;
  }
}
