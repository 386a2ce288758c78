package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.config.ConfigEntryKind;
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
    requireNames(entry.getKind(), entry.getName());
    Tables.CONFIG_ENTRIES.put(rows, entry);
    new VirtualIps(rows).configured(entry.getKind(), entry.getName());
    requirePermission(rows, entry);
    requireProtocols(rows, entry.getKind(), entry.getName());
    return Applied.DONE;
  }

  static Applied delete(ApplyContext context, DeleteConfigEntry command) {
    Transaction rows = context.rows();
    long version = version(rows, command.getKind(), command.getName());
    if (command.getHasCas() && (version == 0 || version != command.getCas())) {
      return Applied.NOT_DONE;
    }
    Tables.CONFIG_ENTRIES.remove(rows, Keys.configEntry(command.getKind(), command.getName()));
    new VirtualIps(rows).unconfigured(command.getKind(), command.getName());
    requireProtocols(rows, command.getKind(), command.getName());
    return Applied.DONE;
  }

  /** The modify index; 0 where there is no entry. */
  private static long version(Transaction rows, String kind, String name) {
    return new ConfigEntries(rows)
        .entry(kind, name)
        .map(entry -> entry.getRaftIndex().getModifyIndex())
        .orElse(0L);
  }

  private static void requirePermission(Transaction rows, ConfigEntry entry) {
    boolean permissive =
        entry.getServiceDefaults().getMutualTlsMode().equals(PERMISSIVE)
            || entry.getProxyDefaults().getMutualTlsMode().equals(PERMISSIVE);
    if (!permissive) {
      return;
    }
    Optional<ConfigEntry> mesh =
        new ConfigEntries(rows).entry(ConfigEntryKind.MESH.wireName(), "mesh");
    if (mesh.isEmpty() || !mesh.get().getMesh().getAllowEnablingPermissiveMutualTls()) {
      throw invalid(
          "cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in"
              + " the mesh config entry");
    }
  }

  /** Intentions about requests need a destination whose protocol has requests. */
  private static void requireProtocols(Transaction rows, String kind, String name) {
    ConfigEntries entries = new ConfigEntries(rows);
    String intentions = ConfigEntryKind.SERVICE_INTENTIONS.wireName();
    if (kind.equals(intentions) || kind.equals(ConfigEntryKind.SERVICE_DEFAULTS.wireName())) {
      entries.entry(intentions, name).ifPresent(entry -> requireProtocol(entries, entry));
    } else if (kind.equals(ConfigEntryKind.PROXY_DEFAULTS.wireName())) {
      entries.ofKind(intentions).forEach(entry -> requireProtocol(entries, entry));
    }
  }

  private static void requireProtocol(ConfigEntries entries, ConfigEntry intentions) {
    boolean ofRequests =
        intentions.getServiceIntentions().getSourcesList().stream()
            .anyMatch(source -> source.getPermissionsCount() > 0);
    if (!ofRequests) {
      return;
    }
    String protocol = entries.protocolOf(intentions.getName());
    if (!ConfigEntries.isHttpLike(protocol)) {
      throw invalid(
          "service \""
              + intentions.getName()
              + "\" has protocol \""
              + protocol
              + "\", which is incompatible with L7 intentions permissions");
    }
  }
}
