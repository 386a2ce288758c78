package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteIntention;
import io.hanse.fsm.row.ServiceIntentions;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteIntention;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.fsm.view.Keys;
import java.util.Map;
import java.util.Optional;

/**
 * Intentions one by one: each is a source within the entry about its destination. Of an entry
 * either all sources have an id or none, depending on the API that wrote it last.
 */
final class IntentionApplier {
  private static final String KIND = ConfigEntryKind.SERVICE_INTENTIONS.wireName();

  private IntentionApplier() {}

  static Applied write(ApplyContext context, WriteIntention command) {
    SourceIntention source = command.getSource();
    requireNames(command.getDestination(), source.getName());
    Transaction rows = context.rows();
    ConfigEntry written =
        switch (command.getManner()) {
          case CREATE -> created(context, command);
          case BY_ID -> replaced(context, command);
          case BY_NAME, UNRECOGNIZED -> upserted(rows, command);
        };
    ConfigApplier.put(rows, written);
    return Applied.DONE;
  }

  private static ConfigEntry created(ApplyContext context, WriteIntention command) {
    String id = command.getSource().getLegacyId();
    if (new IntentionMatcher(context.rows()).entryById(id).isPresent()) {
      throw invalid("intention with ID '" + id + "' already exists");
    }
    Optional<ConfigEntry> old = entry(context.rows(), command.getDestination());
    old.ifPresent(IntentionApplier::requireIds);
    ConfigEntry.Builder entry = old.map(ConfigEntry::toBuilder).orElseGet(() -> empty(command));
    entry.getServiceIntentionsBuilder().addSources(stamped(context, command.getSource()));
    return ConfigEntryKind.prepareLegacy(entry.clearRaftIndex().build());
  }

  private static ConfigEntry replaced(ApplyContext context, WriteIntention command) {
    String id = command.getSource().getLegacyId();
    ConfigEntry old =
        new IntentionMatcher(context.rows())
            .entryById(id)
            .orElseThrow(() -> invalid("Cannot modify non-existent intention: '" + id + "'"));
    if (!Keys.fold(old.getName()).equals(Keys.fold(command.getDestination()))) {
      throw invalid(
          "Cannot modify Destination partition/namespace/name for an intention once it exists.");
    }
    requireIds(old);
    ConfigEntry.Builder entry = old.toBuilder().clearRaftIndex();
    ServiceIntentions.Builder intentions = entry.getServiceIntentionsBuilder();
    for (int i = 0; i < intentions.getSourcesCount(); i++) {
      if (intentions.getSources(i).getLegacyId().equals(id)) {
        intentions.setSources(i, stamped(context, command.getSource()));
      }
    }
    return ConfigEntryKind.prepareLegacy(entry.build());
  }

  /** Consul takes the time of the last change for that of the first one, too. */
  private static SourceIntention stamped(ApplyContext context, SourceIntention source) {
    Timestamp now =
        Timestamp.newBuilder()
            .setSeconds(context.timeMillis() / 1_000)
            .setNanos((int) (context.timeMillis() % 1_000) * 1_000_000)
            .build();
    return source.toBuilder().setLegacyCreateTime(now).setLegacyUpdateTime(now).build();
  }

  private static ConfigEntry upserted(Transaction rows, WriteIntention command) {
    Optional<ConfigEntry> old = entry(rows, command.getDestination());
    requireSameMeta(old.map(ConfigEntry::getMetaMap), command.getMetaMap());
    ConfigEntry.Builder entry = old.map(ConfigEntry::toBuilder).orElseGet(() -> empty(command));
    ServiceIntentions.Builder intentions = entry.getServiceIntentionsBuilder();
    int place = place(intentions, command.getSource().getName());
    if (place < 0) {
      intentions.addSources(command.getSource());
    } else {
      intentions.setSources(place, command.getSource());
    }
    return ConfigEntryKind.prepare(entry.clearRaftIndex().build());
  }

  /** The metadata is that of the whole entry: here it can only be confirmed. */
  private static void requireSameMeta(
      Optional<Map<String, String>> old, Map<String, String> given) {
    if (given.isEmpty()) {
      return;
    }
    if (old.isEmpty()) {
      throw invalid("Meta must not be specified");
    }
    if (!old.get().equals(given)) {
      throw invalid("Meta must not be specified, or should be unchanged during an update.");
    }
  }

  static Applied delete(ApplyContext context, DeleteIntention command) {
    Transaction rows = context.rows();
    boolean byId = !command.getId().isEmpty();
    Optional<ConfigEntry> old =
        byId
            ? new IntentionMatcher(rows).entryById(command.getId())
            : entry(rows, command.getDestination());
    if (byId && old.isEmpty()) {
      throw invalid("Cannot delete non-existent intention: '" + command.getId() + "'");
    }
    if (old.isEmpty()) {
      return Applied.DONE;
    }
    if (byId) {
      requireIds(old.get());
    }
    ConfigEntry.Builder entry = old.get().toBuilder().clearRaftIndex();
    ServiceIntentions.Builder intentions = entry.getServiceIntentionsBuilder();
    int place =
        byId ? placeOfId(intentions, command.getId()) : place(intentions, command.getSource());
    if (place < 0) {
      return Applied.DONE;
    }
    if (intentions.getSourcesCount() == 1) {
      ConfigApplier.remove(rows, KIND, entry.getName());
      return Applied.DONE;
    }
    intentions.removeSources(place);
    ConfigApplier.put(
        rows,
        byId
            ? ConfigEntryKind.prepareLegacy(entry.build())
            : ConfigEntryKind.prepare(entry.build()));
    return Applied.DONE;
  }

  private static Optional<ConfigEntry> entry(Transaction rows, String destination) {
    return new ConfigEntries(rows).entry(KIND, destination);
  }

  private static ConfigEntry.Builder empty(WriteIntention command) {
    return ConfigEntryKind.SERVICE_INTENTIONS.prototype().toBuilder()
        .setName(command.getDestination());
  }

  /** Of a source of this cluster. */
  private static int place(ServiceIntentions.Builder intentions, String name) {
    for (int i = 0; i < intentions.getSourcesCount(); i++) {
      SourceIntention source = intentions.getSources(i);
      if (source.getPeer().isEmpty() && source.getName().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static int placeOfId(ServiceIntentions.Builder intentions, String id) {
    for (int i = 0; i < intentions.getSourcesCount(); i++) {
      if (intentions.getSources(i).getLegacyId().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  private static void requireIds(ConfigEntry entry) {
    for (SourceIntention source : entry.getServiceIntentions().getSourcesList()) {
      if (source.getLegacyId().isEmpty()) {
        throw invalid(
            "cannot use legacy intention API to edit intentions with a destination of \""
                + entry.getName()
                + "\" after editing them via a service-intentions config entry");
      }
    }
  }
}
