package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Tables;

/** The quota of the state. */
final class QuotaApplier {
  private QuotaApplier() {}

  static Applied write(ApplyContext context, WriteQuota command) {
    put(
        context.rows(),
        StateQuota.newBuilder()
            .setRowsMax(command.getRowsMax())
            .setBytesMax(command.getBytesMax())
            .build());
    return Applied.DONE;
  }

  static void put(Transaction rows, StateQuota quota) {
    long rowsMax = quota.getRowsMax();
    long bytesMax = quota.getBytesMax();
    if (rowsMax < 1 || rowsMax > StoreSettings.QUOTA_ROWS_MAX) {
      throw invalid("the quota of rows must be from 1 to " + StoreSettings.QUOTA_ROWS_MAX);
    }
    if (bytesMax < 1 || bytesMax > StoreSettings.QUOTA_BYTES_MAX) {
      throw invalid("the quota of bytes must be from 1 to " + StoreSettings.QUOTA_BYTES_MAX);
    }
    Tables.QUOTA.put(rows, quota);
  }
}
