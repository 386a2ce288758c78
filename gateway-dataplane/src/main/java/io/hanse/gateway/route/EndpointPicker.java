package io.hanse.gateway.route;

import io.hanse.peering.proto.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Chooses an endpoint for each connection: weighted round robin over the healthy ones. An endpoint
 * that refused five connections in a row is left out for a while, but never the last one: a peer's
 * only gateway that hiccups for a second must not be away for longer. Used by all loops at once.
 */
public final class EndpointPicker {
  private static final int WEIGHT_MAX = 128;
  private static final int EJECTED_ONE_IN = 10;

  /** A list of endpoints made ready for choosing. */
  private static final class Schedule {
    final List<Endpoint> endpoints;
    final List<Destination> healthy;

    /** The running sums of weights. */
    final long[] ends;

    final long total;
    final long stride;

    Schedule(List<Endpoint> endpoints, Map<Destination, Integer> weights) {
      this.endpoints = List.copyOf(endpoints);
      this.healthy = List.copyOf(weights.keySet());
      this.ends = new long[healthy.size()];
      long sum = 0;
      int next = 0;
      for (int weight : weights.values()) {
        sum += weight;
        ends[next++] = sum;
      }
      this.total = sum;
      this.stride = strideFor(sum);
    }
  }

  private final LongSupplier nanoClock;
  private final AtomicLong turn = new AtomicLong();
  private final AtomicLong ejections = new AtomicLong();
  private Map<String, Destination> byAddress = Map.of();
  private volatile Schedule schedule = new Schedule(List.of(), Map.of());

  public EndpointPicker(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Replaces the endpoints. Addresses that stay keep what is known of them. */
  public synchronized void update(List<Endpoint> endpoints) {
    Map<String, Destination> kept = new LinkedHashMap<>();
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      String key = endpoint.getAddress() + " " + endpoint.getPort();
      Destination known = byAddress.get(key);
      Destination destination =
          kept.computeIfAbsent(key, k -> known != null ? known : new Destination(endpoint));
      if (endpoint.getHealthy() && endpoint.getWeight() > 0) {
        if (destination.isEjected() && !schedule.healthy.contains(destination)) {
          // Its checks have found it well, after what was seen of it here.
          destination.readmit(nanoClock.getAsLong());
        }
        weights.putIfAbsent(destination, Math.min(endpoint.getWeight(), WEIGHT_MAX));
      }
    }
    byAddress = kept;
    schedule = new Schedule(endpoints, weights);
  }

  public List<Endpoint> endpoints() {
    return schedule.endpoints;
  }

  /** Empty if there is no healthy endpoint besides those tried already. */
  public Optional<Destination> pick(Collection<Destination> tried) {
    Schedule now = schedule;
    if (now.healthy.isEmpty()) {
      return Optional.empty();
    }
    long next = turn.getAndIncrement();
    long nanos = nanoClock.getAsLong();
    Destination first = now.healthy.get(indexOf(now, next));
    return tried.contains(first) || !first.admits(nanos)
        ? pickUsable(now, next, nanos, tried)
        : Optional.of(first);
  }

  /** The slow way, past those that are ejected or were tried. */
  private static Optional<Destination> pickUsable(
      Schedule now, long next, long nanos, Collection<Destination> tried) {
    List<Destination> untried = new ArrayList<>(now.healthy);
    untried.removeAll(tried);
    List<Destination> usable = new ArrayList<>(untried);
    usable.removeIf(Destination::isEjected);
    if (usable.isEmpty()) {
      // All that are left are ejected: a doubtful one is better than none. Each has its turn.
      Optional<Destination> doubtful =
          untried.stream().min(Comparator.comparingLong(each -> each.nanosToTrial(nanos)));
      doubtful.ifPresent(each -> each.beginTrial(nanos));
      return doubtful;
    }
    return Optional.of(usable.get((int) Math.floorMod(next, (long) usable.size())));
  }

  /** Notes that an endpoint refused, did not answer in time, or went before it sent a byte. */
  public void failed(Destination destination) {
    if (destination.failed() && mayEject(destination) && destination.eject(nanoClock.getAsLong())) {
      ejections.incrementAndGet();
    }
  }

  /** Notes that an endpoint took a connection, and proved who it is where it had to. */
  public void connected(Destination destination) {
    destination.connected(nanoClock.getAsLong());
  }

  /** Notes that an endpoint answered. */
  public void succeeded(Destination destination) {
    destination.succeeded(nanoClock.getAsLong());
  }

  public int healthyCount() {
    return schedule.healthy.size();
  }

  public int ejectedCount() {
    return (int) schedule.healthy.stream().filter(Destination::isEjected).count();
  }

  public long ejections() {
    return ejections.get();
  }

  private boolean mayEject(Destination destination) {
    List<Destination> healthy = schedule.healthy;
    int most = Math.max(1, healthy.size() / EJECTED_ONE_IN);
    if (destination.isEjected()) {
      return true;
    }
    return healthy.size() > 1
        && healthy.contains(destination)
        && ejectedCount() < Math.min(most, healthy.size() - 1);
  }

  private static int indexOf(Schedule now, long turn) {
    long total = now.total;
    long slot = Math.floorMod(Math.floorMod(turn, total) * now.stride, total);
    int found = Arrays.binarySearch(now.ends, slot + 1);
    return found >= 0 ? found : -found - 1;
  }

  /**
   * A step that visits each of {@code total} slots once in {@code total} turns, and those of one
   * endpoint not in a row: coprime to the total, near its golden section.
   */
  private static long strideFor(long total) {
    long stride = Math.max(1, Math.round(total * 0.618));
    while (total > 1 && greatestCommonDivisor(stride, total) != 1) {
      stride++;
    }
    return stride;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** For a target that is one fixed address. */
  public static EndpointPicker ofOne(String address, int port, LongSupplier nanoClock) {
    EndpointPicker picker = new EndpointPicker(nanoClock);
    List<Endpoint> one = new ArrayList<>(1);
    one.add(
        Endpoint.newBuilder()
            .setAddress(address)
            .setPort(port)
            .setHealthy(true)
            .setWeight(1)
            .build());
    picker.update(one);
    return picker;
  }
}
