package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.config.ServiceIntentionsRules;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteConfigEntry;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/**
 * Config entries. What an entry may say by itself was checked before it was submitted; here it is
 * checked, after the change, against the other entries: a refusal undoes it.
 */
final class ConfigApplier {
  private static final String PERMISSIVE = "permissive";

  private ConfigApplier() {}

  static Applied write(ApplyContext context, WriteConfigEntry command) {
    ConfigEntry entry = command.getEntry();
    Transaction rows = context.rows();
    if (command.getHasCas()
        && version(rows, entry.getKind(), entry.getName()) != command.getCas()) {
      return Applied.NOT_DONE;
    }
    put(rows, entry);
    return Applied.DONE;
  }

  /** Writes an entry unless that leaves the entries in contradiction. */
  static void put(Transaction rows, ConfigEntry entry) {
    requireNames(entry.getKind(), entry.getName());
    requirePermission(rows, entry);
    requireProviders(rows, entry);
    requireFreeName(
        rows, entry, ConfigEntryKind.INGRESS_GATEWAY, ConfigEntryKind.TERMINATING_GATEWAY);
    requireFreeName(
        rows, entry, ConfigEntryKind.TERMINATING_GATEWAY, ConfigEntryKind.INGRESS_GATEWAY);
    EntryGraph graph = EntryGraph.before(rows, entry.getKind(), entry.getName());
    if (Tables.CONFIG_ENTRIES.put(rows, entry)) {
      graph.requireSound();
      new VirtualIps(rows).configured(entry.getKind(), entry.getName());
    }
  }

  static Applied delete(ApplyContext context, DeleteConfigEntry command) {
    Transaction rows = context.rows();
    long version = version(rows, command.getKind(), command.getName());
    if (command.getHasCas() && (version == 0 || version != command.getCas())) {
      return Applied.NOT_DONE;
    }
    remove(rows, command.getKind(), command.getName());
    return Applied.DONE;
  }

  /** Removes an entry unless others need it. */
  static void remove(Transaction rows, String kind, String name) {
    EntryGraph graph = EntryGraph.before(rows, kind, name);
    if (Tables.CONFIG_ENTRIES.remove(rows, Keys.configEntry(kind, name))) {
      graph.requireSound();
      new VirtualIps(rows).unconfigured(kind, name);
    }
  }

  /** The modify index; 0 where there is no entry. */
  private static long version(Transaction rows, String kind, String name) {
    return new ConfigEntries(rows)
        .entry(kind, name)
        .map(entry -> entry.getRaftIndex().getModifyIndex())
        .orElse(0L);
  }

  /** Who was permissive before the mesh forbade it may stay so. */
  private static void requirePermission(Transaction rows, ConfigEntry entry) {
    ConfigEntries entries = new ConfigEntries(rows);
    if (!isPermissive(entry)
        || entries
            .entry(entry.getKind(), entry.getName())
            .filter(ConfigApplier::isPermissive)
            .isPresent()) {
      return;
    }
    Optional<ConfigEntry> mesh = entries.singleton(ConfigEntryKind.MESH);
    if (mesh.isEmpty() || !mesh.get().getMesh().getAllowEnablingPermissiveMutualTls()) {
      throw invalid(
          "cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in"
              + " the mesh config entry");
    }
  }

  private static boolean isPermissive(ConfigEntry entry) {
    return entry.getServiceDefaults().getMutualTlsMode().equals(PERMISSIVE)
        || entry.getProxyDefaults().getMutualTlsMode().equals(PERMISSIVE);
  }

  /**
   * Intentions that ask for tokens are refused, although Consul takes them: no proxy of ours looks
   * at a token yet, and would let in who has none.
   */
  private static void requireProviders(Transaction rows, ConfigEntry entry) {
    StringBuilder unknown = new StringBuilder();
    int count = 0;
    for (String provider : ServiceIntentionsRules.providers(entry)) {
      if (new ConfigEntries(rows).entry(ConfigEntryKind.JWT_PROVIDER, provider).isPresent()) {
        throw invalid(
            "intentions with JWT requirements are not supported yet: proxies do not verify"
                + " tokens; remove the reference to provider \""
                + provider
                + "\"");
      }
      unknown
          .append("\t* Referenced JWT Provider does not exist. Provider Name: ")
          .append(provider)
          .append('\n');
      count++;
    }
    if (count > 0) {
      String heading = count == 1 ? "1 error occurred:\n" : count + " errors occurred:\n";
      throw invalid(heading + unknown + "\n");
    }
  }

  /** Gateways of two kinds would register as one service. */
  private static void requireFreeName(
      Transaction rows, ConfigEntry entry, ConfigEntryKind kind, ConfigEntryKind other) {
    if (entry.getKind().equals(kind.wireName())
        && new ConfigEntries(rows).entry(other, entry.getName()).isPresent()) {
      throw invalid(
          "cannot create a \""
              + kind.wireName()
              + "\" config entry with name \""
              + entry.getName()
              + "\", a \""
              + other.wireName()
              + "\" config entry with that name already exists");
    }
  }
}
