package io.hanse.gateway.route;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The usage of each target, by its name. That of a target which is gone is kept while connections
 * over it are open: if it is back before they have ended, they go on. Used by one thread.
 */
public final class TargetUsages {
  private final Map<String, TargetUsage> byName = new LinkedHashMap<>();

  /** For a target that routes lead to now. */
  public TargetUsage of(String name) {
    TargetUsage usage = byName.computeIfAbsent(name, each -> new TargetUsage());
    usage.setGone(false);
    return usage;
  }

  /** Marks all others as gone. */
  public void retain(Set<String> names) {
    byName.forEach((name, usage) -> usage.setGone(!names.contains(name)));
    byName.values().removeIf(usage -> usage.isGone() && usage.open() == 0);
  }
}
