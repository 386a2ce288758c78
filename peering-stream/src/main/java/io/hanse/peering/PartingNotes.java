package io.hanse.peering;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WriteSystemRecord;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.SystemRecords;
import io.hanse.peering.proto.PartingNote;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes of how peerings were dialed that are being deleted. The deletion takes the secret away, and
 * soon the row; a note is in the log before it, and stays until the other cluster was told. So it
 * is told although all servers here start anew meanwhile.
 *
 * <p>System records carry them, as every version knows how to keep these. Rejected was to keep the
 * secret with the row: whoever deletes a peering waits for the row to go, and would wait for a
 * cluster that is away.
 */
public final class PartingNotes {
  private static final Logger LOG = LoggerFactory.getLogger(PartingNotes.class);
  private static final String KEY = "parting-";

  private PartingNotes() {}

  /**
   * What is to be stored, in any order, before a peering is deleted; nothing where nobody could be
   * told.
   */
  public static List<Command> before(Rows rows, String name, long nowMillis) {
    Peerings peerings = new Peerings(rows);
    Peering peering =
        peerings
            .byName(name)
            .filter(Peerings::isActive)
            .filter(Peerings::dials)
            .orElse(Peering.getDefaultInstance());
    String secret =
        peerings.secrets(peering.getId()).map(PeeringSecrets::getActiveStream).orElse("");
    if (secret.isEmpty()) {
      return List.of();
    }
    RemoteInfo.Builder remote = RemoteInfo.newBuilder();
    new Ca(rows).cluster().ifPresent(cluster -> remote.setDatacenter(cluster.getDatacenter()));
    PartingNote note =
        PartingNote.newBuilder()
            .setPeering(peering)
            .addAllWays(DialTargets.of(rows, peering))
            .setSecret(secret)
            .setRemote(remote)
            .setSinceMillis(nowMillis)
            .build();
    List<Command> commands = writing(note);
    Set<String> written = new TreeSet<>();
    commands.forEach(each -> written.add(each.getWriteSystemRecord().getRecord().getKey()));
    // Parts of an older note must not be read together with this one. None is deleted that is
    // written, too: the commands may come to the log in any order.
    without(rows, peering.getId()).stream()
        .filter(each -> !written.contains(each.getWriteSystemRecord().getRecord().getKey()))
        .forEach(commands::add);
    return commands;
  }

  private static List<Command> writing(PartingNote note) {
    String text = Base64.getEncoder().encodeToString(note.toByteArray());
    List<Command> commands = new ArrayList<>();
    for (int at = 0; at < text.length(); at += SystemRecords.VALUE_LENGTH_MAX) {
      int end = Math.min(text.length(), at + SystemRecords.VALUE_LENGTH_MAX);
      String key =
          keyOf(note.getPeering().getId()) + String.format(Locale.ROOT, "%04d", commands.size());
      commands.add(
          command(SystemRecord.newBuilder().setKey(key).setValue(text.substring(at, end)), false));
    }
    return commands;
  }

  /** Removes the note of a peering, if there is one. */
  public static List<Command> without(Rows rows, String peeringId) {
    return new SystemRecords(rows)
        .all().stream()
            .filter(record -> record.getKey().startsWith(keyOf(peeringId)))
            .map(record -> command(SystemRecord.newBuilder().setKey(record.getKey()), true))
            .toList();
  }

  private static String keyOf(String peeringId) {
    return KEY + peeringId + "-";
  }

  private static Command command(SystemRecord.Builder record, boolean delete) {
    return Command.newBuilder()
        .setWriteSystemRecord(WriteSystemRecord.newBuilder().setRecord(record).setDelete(delete))
        .build();
  }

  /** All notes, by the ids of their peerings; one that can't be read is as old as can be. */
  public static SortedMap<String, PartingNote> all(Rows rows) {
    SortedMap<String, StringBuilder> texts = new TreeMap<>();
    for (SystemRecord record : new SystemRecords(rows).all()) {
      String key = record.getKey();
      if (key.startsWith(KEY)) {
        String id = key.substring(KEY.length(), Math.max(KEY.length(), key.lastIndexOf('-')));
        texts.computeIfAbsent(id, added -> new StringBuilder()).append(record.getValue());
      }
    }
    SortedMap<String, PartingNote> notes = new TreeMap<>();
    texts.forEach((id, text) -> notes.put(id, noteIn(text.toString())));
    return notes;
  }

  private static PartingNote noteIn(String text) {
    try {
      return PartingNote.parseFrom(Base64.getDecoder().decode(text));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      LOG.warn("a note of a peering that was deleted is not readable");
      return PartingNote.getDefaultInstance();
    }
  }
}
