package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.view.Tables;

/** The quota of the state. */
final class QuotaApplier {
  private QuotaApplier() {}

  static Applied write(ApplyContext context, WriteQuota command) {
    long rows = command.getRowsMax();
    long bytes = command.getBytesMax();
    if (rows < 1 || rows > StoreSettings.QUOTA_ROWS_MAX) {
      throw invalid("the quota of rows must be from 1 to " + StoreSettings.QUOTA_ROWS_MAX);
    }
    if (bytes < 1 || bytes > StoreSettings.QUOTA_BYTES_MAX) {
      throw invalid("the quota of bytes must be from 1 to " + StoreSettings.QUOTA_BYTES_MAX);
    }
    Tables.QUOTA.put(
        context.rows(), StateQuota.newBuilder().setRowsMax(rows).setBytesMax(bytes).build());
    return Applied.DONE;
  }
}
