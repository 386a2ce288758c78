package io.hanse.http.endpoints;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.CatalogUsage;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.query.Metadata;
import io.hanse.http.query.QueryOptions;

/**
 * {@code /v1/operator/usage}: how much is registered. There is one datacenter, so {@code global}
 * adds none.
 */
public final class UsageEndpoint {
  private final StateReader reader;
  private final String datacenter;

  UsageEndpoint(StateReader reader, String datacenter) {
    this.reader = reader;
    this.datacenter = datacenter;
  }

  public Answer get(Call call, View view) {
    CatalogUsage usage = CatalogUsage.of(view);
    long index = view.readIndex();
    Freshness freshness = reader.freshness();
    String level = Metadata.word(QueryOptions.parse(call.parameters()).level());
    return Answer.json(
        out -> {
          out.beginObject().key("Usage").beginObject().key(datacenter).beginObject();
          out.field("Services", usage.services()).field("ServiceInstances", usage.instances());
          out.field("ConnectServiceInstances", usage.meshInstances());
          out.field("BillableServiceInstances", usage.billable()).field("Nodes", usage.nodes());
          out.endObject().endObject();
          ReadMeta.write(out, index, freshness, level).endObject();
        });
  }
}
