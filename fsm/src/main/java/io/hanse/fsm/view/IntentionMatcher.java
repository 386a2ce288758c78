package io.hanse.fsm.view;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which intention decides whether a source may call a destination, by the rules of precedence.
 * Source: mesh data plane, sections 6.1 to 6.5.
 *
 * <p>The most precise intention that matches decides, so a narrow deny holds against any wider
 * allow. (The filters that Consul gives to Envoy differ where a deny of all sources of one service
 * meets an allow of one source to all services: there we refuse.)
 */
public final class IntentionMatcher {
  private static final String WILDCARD = "*";
  private static final String ALLOW = "allow";

  private static final Comparator<Intention> BY_PRECEDENCE =
      Comparator.comparingInt((Intention one) -> one.source().getPrecedence())
          .reversed()
          .thenComparing(one -> one.source().getPeer())
          .thenComparing(one -> one.source().getName())
          .thenComparing(Intention::destination);

  private final Rows rows;
  private final ConfigEntries entries;

  public IntentionMatcher(Rows rows) {
    this.rows = rows;
    entries = new ConfigEntries(rows);
  }

  /**
   * A verdict and what it rests on.
   *
   * @param decidedBy the intention; empty where the default policy decided
   * @param destination the name in the entry that holds it, perhaps "*"
   */
  public record Decision(
      boolean allowed, Optional<SourceIntention> decidedBy, String destination, String reason) {}

  /** An intention within its entry. */
  public record Intention(ConfigEntry entry, SourceIntention source) {
    /** The name of the entry, perhaps "*". */
    public String destination() {
      return entry.getName();
    }
  }

  /** All that match a destination, the most precise first. */
  public List<Intention> forDestination(String service) {
    List<Intention> found = new ArrayList<>();
    entries
        .entry(ConfigEntryKind.SERVICE_INTENTIONS, service)
        .ifPresent(entry -> addAll(entry, found));
    if (!service.equals(WILDCARD)) {
      entries
          .entry(ConfigEntryKind.SERVICE_INTENTIONS, WILDCARD)
          .ifPresent(entry -> addAll(entry, found));
    }
    found.sort(BY_PRECEDENCE);
    return found;
  }

  /** All that name a service of this cluster as source, or all of its services. */
  public List<Intention> forSource(String service) {
    List<Intention> found = new ArrayList<>(withSource(service));
    if (!service.equals(WILDCARD)) {
      found.addAll(withSource(WILDCARD));
    }
    found.sort(BY_PRECEDENCE);
    return found;
  }

  private List<Intention> withSource(String name) {
    List<Intention> found = new ArrayList<>();
    Tables.CONFIG_ENTRIES
        .listBy(rows, TableId.INTENTIONS_BY_SOURCE, Keys.source("", name))
        .forEach(entry -> addAll(entry, found));
    found.removeIf(
        one -> !one.source().getPeer().isEmpty() || !one.source().getName().equals(name));
    return found;
  }

  /** The one between exactly these; empty where there is none. */
  public Optional<Intention> exact(String peer, String source, String destination) {
    return entries
        .entry(ConfigEntryKind.SERVICE_INTENTIONS, destination)
        .flatMap(
            entry ->
                entry.getServiceIntentions().getSourcesList().stream()
                    .filter(one -> one.getPeer().equals(peer) && one.getName().equals(source))
                    .map(one -> new Intention(entry, one))
                    .findFirst());
  }

  /** The one with an id, which only some have. */
  public Optional<Intention> byId(String id) {
    return entryById(id)
        .flatMap(
            entry ->
                entry.getServiceIntentions().getSourcesList().stream()
                    .filter(one -> one.getLegacyId().equals(id))
                    .map(one -> new Intention(entry, one))
                    .findFirst());
  }

  /** The entry in which there is an intention with the id. */
  public Optional<ConfigEntry> entryById(String id) {
    return Tables.CONFIG_ENTRIES.listBy(rows, TableId.INTENTIONS_BY_ID, Keys.intention(id)).stream()
        .findFirst();
  }

  /** All there are, the most precise first. */
  public List<Intention> all() {
    List<Intention> found = new ArrayList<>();
    entries
        .ofKind(ConfigEntryKind.SERVICE_INTENTIONS.wireName())
        .forEach(entry -> addAll(entry, found));
    found.sort(BY_PRECEDENCE);
    return found;
  }

  private static void addAll(ConfigEntry entry, List<Intention> found) {
    for (SourceIntention source : entry.getServiceIntentions().getSourcesList()) {
      found.add(new Intention(entry, source));
    }
  }

  /**
   * Whether a connection may be made. A peer of "" means a service of this cluster. An intention
   * that only allows some requests allows no connection as such.
   */
  public Decision decide(String peer, String source, String destination, boolean allowByDefault) {
    for (Intention one : forDestination(destination)) {
      if (matches(one.source(), peer, source)) {
        return decided(one);
      }
    }
    return new Decision(
        allowByDefault,
        Optional.empty(),
        "",
        "no intention matches; the default is to " + (allowByDefault ? "allow" : "deny"));
  }

  /** There is no wildcard for peers, and "*" alone means services of this cluster only. */
  private static boolean matches(SourceIntention intention, String peer, String source) {
    return intention.getPeer().equals(peer)
        && (intention.getName().equals(WILDCARD) || intention.getName().equals(source));
  }

  private static Decision decided(Intention one) {
    SourceIntention source = one.source();
    String from = source.getName();
    if (!source.getPeer().isEmpty()) {
      from = from + " of peer " + source.getPeer();
    }
    String verdict =
        source.getPermissionsCount() > 0 ? "decides request by request" : source.getAction();
    String reason =
        String.format(
            Locale.ROOT,
            "intention %s => %s (precedence %d): %s",
            from,
            one.destination(),
            source.getPrecedence(),
            verdict);
    return new Decision(
        source.getPermissionsCount() == 0 && source.getAction().equals(ALLOW),
        Optional.of(source),
        one.destination(),
        reason);
  }
}
