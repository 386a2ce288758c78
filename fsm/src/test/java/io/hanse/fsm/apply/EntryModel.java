package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.ClusterModel.require;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteIntention;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WriteIntention;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must be among the config entries after each command. */
final class EntryModel {
  /** An entry by what it says; equal content has an equal hash. */
  record ModelEntry(long hash, long modifyIndex) {}

  /** A source, and if it was written by id, that and when. */
  record ModelIntention(String source, String action, String id, long writtenMillis) {}

  record ModelIntentions(String destination, List<ModelIntention> list, long modifyIndex) {}

  private static final List<String> NAMES = List.of("web", "api");
  private static final Set<String> WITH_ADDRESS =
      Set.of("service-defaults", "service-resolver", "service-router", "service-splitter");

  final TreeMap<String, ModelEntry> entries = new TreeMap<>();
  final TreeMap<String, ModelIntentions> intentions = new TreeMap<>();
  private final TreeMap<String, ConfigEntry> contents = new TreeMap<>();

  /** The time of the log. */
  long timeMillis;

  EntryModel copy() {
    EntryModel copy = new EntryModel();
    copy.timeMillis = timeMillis;
    copy.entries.putAll(entries);
    copy.intentions.putAll(intentions);
    copy.contents.putAll(contents);
    return copy;
  }

  boolean write(WriteConfigEntry command, long index) {
    ConfigEntry entry = command.getEntry();
    String key = ChainModel.key(entry.getKind(), entry.getName());
    ModelEntry old = entries.get(key);
    if (command.getHasCas() && command.getCas() != (old == null ? 0 : old.modifyIndex())) {
      return false;
    }
    if (old == null || old.hash() != entry.getHash()) {
      Map<String, ChainModel.Outcome> before = exported();
      entries.put(key, new ModelEntry(entry.getHash(), index));
      contents.put(key, entry);
      if (!entry.hasExportedServices()) {
        requireSound(before);
      }
    }
    return true;
  }

  void delete(String kind, String name) {
    String key = ChainModel.key(kind, name);
    Map<String, ChainModel.Outcome> before = exported();
    entries.remove(key);
    if (contents.remove(key) != null && !kind.equals("exported-services")) {
      requireSound(before);
    }
  }

  private Map<String, ChainModel.Outcome> exported() {
    Map<String, ChainModel.Outcome> outcomes = new LinkedHashMap<>();
    ConfigEntry exports = contents.get("exported-services/default");
    if (exports != null) {
      for (ExportedServiceRule rule : exports.getExportedServices().getServicesList()) {
        outcomes.put(rule.getName(), ChainModel.of(rule.getName(), contents).orElseThrow());
      }
    }
    return outcomes;
  }

  /** All chains make sense, and none that peers see by one name shows another now. */
  private void requireSound(Map<String, ChainModel.Outcome> before) {
    for (String name : NAMES) {
      require(ChainModel.of(name, contents).isPresent());
    }
    before.forEach(
        (name, old) -> {
          ChainModel.Outcome now = ChainModel.of(name, contents).orElseThrow();
          require(now.protocol().equals("http") || old.first().containsAll(now.first()));
        });
  }

  void write(WriteIntention command, long index) {
    SourceIntention source = command.getSource();
    String key = command.getDestination().toLowerCase(Locale.ROOT);
    ModelIntentions old = intentions.get(key);
    List<ModelIntention> list = old == null ? new ArrayList<>() : new ArrayList<>(old.list());
    String id = source.getLegacyId();
    ModelIntention written =
        new ModelIntention(source.getName(), source.getAction(), id, id.isEmpty() ? 0 : timeMillis);
    switch (command.getManner()) {
      case BY_NAME -> {
        list.replaceAll(one -> new ModelIntention(one.source(), one.action(), "", 0));
        replaceOrAdd(list, written);
      }
      case CREATE -> {
        require(withId(id).isEmpty() && list.stream().noneMatch(one -> one.id().isEmpty()));
        list.add(written);
      }
      default -> {
        Optional<String> found = withId(id);
        require(found.isPresent() && found.get().equals(key));
        list.replaceAll(one -> one.id().equals(written.id()) ? written : one);
      }
    }
    require(list.stream().map(ModelIntention::source).distinct().count() == list.size());
    put(key, old == null ? command.getDestination() : old.destination(), list, index);
  }

  private static void replaceOrAdd(List<ModelIntention> list, ModelIntention written) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).source().equals(written.source())) {
        list.set(i, written);
        return;
      }
    }
    list.add(written);
  }

  private Optional<String> withId(String id) {
    return intentions.entrySet().stream()
        .filter(entry -> entry.getValue().list().stream().anyMatch(one -> one.id().equals(id)))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Services by their names before all services. */
  private void put(String key, String destination, List<ModelIntention> list, long index) {
    List<ModelIntention> sorted = new ArrayList<>();
    list.stream().filter(one -> !one.source().equals("*")).forEach(sorted::add);
    list.stream().filter(one -> one.source().equals("*")).forEach(sorted::add);
    ModelIntentions old = intentions.get(key);
    if (sorted.isEmpty()) {
      intentions.remove(key);
    } else if (old == null || !old.list().equals(sorted)) {
      intentions.put(key, new ModelIntentions(destination, List.copyOf(sorted), index));
    }
  }

  void delete(DeleteIntention command, long index) {
    boolean byId = !command.getId().isEmpty();
    Optional<String> key =
        byId
            ? withId(command.getId())
            : Optional.of(command.getDestination().toLowerCase(Locale.ROOT))
                .filter(intentions::containsKey);
    require(!byId || key.isPresent());
    if (key.isEmpty()) {
      return;
    }
    ModelIntentions old = intentions.get(key.get());
    List<ModelIntention> list = new ArrayList<>(old.list());
    boolean isGone =
        list.removeIf(
            one ->
                byId ? one.id().equals(command.getId()) : one.source().equals(command.getSource()));
    if (isGone && !byId) {
      list.replaceAll(one -> new ModelIntention(one.source(), one.action(), "", 0));
    }
    if (isGone) {
      put(key.get(), old.destination(), list, index);
    }
  }

  /** Services that an entry speaks of, of a kind that gives an address. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(intentions.keySet());
    for (String key : contents.keySet()) {
      int slash = key.indexOf('/');
      if (WITH_ADDRESS.contains(key.substring(0, slash))) {
        names.add(key.substring(slash + 1));
      }
    }
    names.remove("*");
    return names;
  }

  /** The kinds whose entries are compared by their hash. */
  static boolean isByHash(ConfigEntry entry) {
    return !Set.of("service-intentions").contains(entry.getKind());
  }
}
