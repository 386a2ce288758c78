package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WriteAutopilotConfiguration;
import io.hanse.fsm.row.WriteSystemRecord;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Autopilot;
import io.hanse.fsm.view.SystemRecords;
import io.hanse.fsm.view.Tables;

/** What the servers have agreed on among themselves: how autopilot acts, and system records. */
final class SystemApplier {
  private static final int KEY_LENGTH_MAX = 128;

  private SystemApplier() {}

  static Applied writeAutopilot(ApplyContext context, WriteAutopilotConfiguration command) {
    Transaction rows = context.rows();
    long version =
        new Autopilot(rows).stored().map(row -> row.getRaftIndex().getModifyIndex()).orElse(0L);
    if (command.getHasCas() && command.getCas() != version) {
      return Applied.NOT_DONE;
    }
    Tables.AUTOPILOT.put(rows, command.getConfiguration());
    return Applied.DONE;
  }

  static Applied writeRecord(ApplyContext context, WriteSystemRecord command) {
    Transaction rows = context.rows();
    SystemRecord record = command.getRecord();
    if (record.getKey().isEmpty()
        || record.getKey().length() > KEY_LENGTH_MAX
        || record.getValue().length() > SystemRecords.VALUE_LENGTH_MAX) {
      throw invalid(
          "a system record needs a key of 1 to "
              + KEY_LENGTH_MAX
              + " characters and a value of at most "
              + SystemRecords.VALUE_LENGTH_MAX);
    }
    requireNames(record.getKey());
    long version =
        new SystemRecords(rows)
            .record(record.getKey())
            .map(row -> row.getRaftIndex().getModifyIndex())
            .orElse(0L);
    if (command.getHasCas() && command.getCas() != version) {
      return Applied.NOT_DONE;
    }
    if (command.getDelete()) {
      Tables.SYSTEM_RECORDS.remove(rows, Tables.SYSTEM_RECORDS.key(record));
      return Applied.DONE;
    }
    if (Integer.compareUnsigned(record.getLevelMin(), SystemRecords.LEVEL) > 0) {
      throw Refusals.broken(
          "the cluster turned on \""
              + record.getKey()
              + "\", which needs level "
              + Integer.toUnsignedString(record.getLevelMin())
              + " of the state machine; this server has level "
              + SystemRecords.LEVEL
              + ", upgrade it");
    }
    Tables.SYSTEM_RECORDS.put(rows, record);
    return Applied.DONE;
  }
}
