package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.ClusterModel.require;

import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.RotateCa;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WriteAutopilotConfiguration;
import io.hanse.fsm.row.WriteCa;
import io.hanse.fsm.row.WriteSystemRecord;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Autopilot;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.SystemRecords;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The part of {@link ClusterModel} that is the cluster's own: authority, autopilot, records. */
final class SystemModel {
  /** A row by what it says, and the index at which it began to say so. */
  record Versioned(String content, long modifyIndex) {}

  /** A root, active while it was not rotated out. */
  record Root(long rotatedOutAt) {}

  final TreeMap<String, Root> roots = new TreeMap<>();
  final TreeMap<String, Versioned> records = new TreeMap<>();
  Optional<Versioned> authority = Optional.empty();
  Optional<Versioned> autopilot = Optional.empty();

  /** The time of the log. */
  long timeMillis;

  SystemModel copy() {
    SystemModel copy = new SystemModel();
    copy.timeMillis = timeMillis;
    copy.roots.putAll(roots);
    copy.records.putAll(records);
    copy.authority = authority;
    copy.autopilot = autopilot;
    return copy;
  }

  /** Whether it took place; empty: it is about something else. */
  Optional<Boolean> apply(Command command, long index) {
    return switch (command.getBodyCase()) {
      case WRITE_CA -> Optional.of(write(command.getWriteCa(), index));
      case ROTATE_CA -> Optional.of(rotate(command.getRotateCa(), index));
      case PRUNE_CA_ROOTS -> {
        long before = command.getPruneCaRoots().getRotatedOutBeforeMillis();
        yield Optional.of(
            roots
                .values()
                .removeIf(root -> root.rotatedOutAt() != 0 && root.rotatedOutAt() < before));
      }
      case WRITE_AUTOPILOT_CONFIGURATION ->
          Optional.of(autopilot(command.getWriteAutopilotConfiguration(), index));
      case WRITE_SYSTEM_RECORD -> Optional.of(record(command.getWriteSystemRecord(), index));
      default -> Optional.empty();
    };
  }

  private static Versioned changed(Optional<Versioned> old, String content, long index) {
    return old.filter(row -> row.content().equals(content))
        .orElseGet(() -> new Versioned(content, index));
  }

  private static long version(Optional<Versioned> row) {
    return row.map(Versioned::modifyIndex).orElse(0L);
  }

  private boolean write(WriteCa command, long index) {
    if (command.getCas() != 0 && command.getCas() != version(authority)) {
      return false;
    }
    require(command.getRootsList().stream().filter(CaRoot::getActive).count() == 1);
    boolean force = command.getConfiguration().getForceWithoutCrossSigning();
    authority = Optional.of(changed(authority, String.valueOf(force), index));
    roots.clear();
    command.getRootsList().forEach(root -> roots.put(root.getId(), new Root(0)));
    return true;
  }

  private boolean rotate(RotateCa command, long index) {
    require(!roots.containsKey(command.getRoot().getId()));
    Root replaced = roots.get(command.getReplaces());
    if (command.getCas() != version(authority)
        || replaced == null
        || replaced.rotatedOutAt() != 0) {
      return false;
    }
    authority = Optional.of(changed(authority, "false", index));
    roots.put(command.getReplaces(), new Root(timeMillis));
    roots.put(command.getRoot().getId(), new Root(0));
    return true;
  }

  private boolean autopilot(WriteAutopilotConfiguration command, long index) {
    if (command.getHasCas() && command.getCas() != version(autopilot)) {
      return false;
    }
    String content = String.valueOf(command.getConfiguration().getMaxTrailingLogs());
    autopilot = Optional.of(changed(autopilot, content, index));
    return true;
  }

  private boolean record(WriteSystemRecord command, long index) {
    String key = command.getRecord().getKey();
    require(!key.isEmpty());
    Optional<Versioned> old = Optional.ofNullable(records.get(key));
    if (command.getHasCas() && command.getCas() != version(old)) {
      return false;
    }
    if (command.getDelete()) {
      records.remove(key);
    } else {
      records.put(key, changed(old, command.getRecord().getValue(), index));
    }
    return true;
  }

  static SystemModel stored(Rows rows) {
    SystemModel stored = new SystemModel();
    Ca ca = new Ca(rows);
    for (CaRoot root : ca.roots()) {
      stored.roots.put(root.getId(), new Root(root.getActive() ? 0 : root.getRotatedOutAtMillis()));
    }
    for (SystemRecord record : new SystemRecords(rows).all()) {
      stored.records.put(
          record.getKey(),
          new Versioned(record.getValue(), record.getRaftIndex().getModifyIndex()));
    }
    stored.authority =
        ca.configuration()
            .map(
                row ->
                    new Versioned(
                        String.valueOf(row.getForceWithoutCrossSigning()),
                        row.getRaftIndex().getModifyIndex()));
    stored.autopilot =
        new Autopilot(rows)
            .stored()
            .map(
                row ->
                    new Versioned(
                        String.valueOf(row.getMaxTrailingLogs()),
                        row.getRaftIndex().getModifyIndex()));
    return stored;
  }

  /** All that two models hold, for comparison. */
  List<Object> content() {
    return List.of(roots, records, authority, autopilot);
  }
}
