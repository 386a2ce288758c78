package io.hanse.http.endpoints;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.json.MessageJson;
import io.hanse.http.request.QuotaRequest;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/operator/quota}: how much the cluster may keep. */
public final class QuotaEndpoints {
  private final Writes writes;

  QuotaEndpoints(Writes writes) {
    this.writes = writes;
  }

  public Answer get(Call call, View view) {
    StoreSettings builtIn = StoreSettings.defaults();
    StateQuota quota =
        Tables.QUOTA
            .get(view, Keys.ONLY)
            .orElse(
                StateQuota.newBuilder()
                    .setRowsMax(builtIn.rowsMax())
                    .setBytesMax(builtIn.bytesMax())
                    .build());
    long rows = view.countedRows();
    long bytes = view.countedBytes();
    return Answer.json(
        out ->
            out.beginObject()
                .field("RowsMax", quota.getRowsMax())
                .field("BytesMax", quota.getBytesMax())
                .field("Rows", rows)
                .field("Bytes", bytes)
                .endObject());
  }

  public CompletableFuture<Answer> put(Call call) {
    QuotaRequest request = MessageJson.read(call.body(), QuotaRequest.newBuilder()).build();
    return writes.answerDone(
        Command.newBuilder()
            .setWriteQuota(
                WriteQuota.newBuilder()
                    .setRowsMax(request.getRowsMax())
                    .setBytesMax(request.getBytesMax()))
            .build());
  }
}
