package io.hanse.gateway.route;

import io.hanse.gateway.sniff.ServerName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Server name to target. Never changes: a new configuration is a new table. */
public final class RouteTable {
  public static final RouteTable EMPTY = new RouteTable(Map.of());

  private final Map<String, Target> exact;

  /** By name in lower case. */
  RouteTable(Map<String, Target> exact) {
    this.exact = new LinkedHashMap<>(exact);
  }

  /** Exact, without regard to case. */
  public Optional<Target> find(ServerName name) {
    return find(name.value());
  }

  Optional<Target> find(String lowerCaseName) {
    return Optional.ofNullable(exact.get(lowerCaseName));
  }

  public Collection<Target> targets() {
    return exact.values();
  }

  public int size() {
    return exact.size();
  }
}
