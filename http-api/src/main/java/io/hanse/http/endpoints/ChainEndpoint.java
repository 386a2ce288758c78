package io.hanse.http.endpoints;

import com.google.protobuf.Duration;
import io.hanse.fsm.chain.ChainCompiler;
import io.hanse.fsm.chain.ChainRequest;
import io.hanse.fsm.chain.ChainRequest.Overrides;
import io.hanse.fsm.row.CompiledChain;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import io.hanse.http.request.ChainOverrides;
import java.util.Set;

/** {@code /v1/discovery-chain}: where the requests for a service go. */
public final class ChainEndpoint {
  private static final String UNDECODED = "Request decoding failed: ";
  private static final Set<String> MODES = Set.of("", "none", "local", "remote");

  private final String datacenter;

  ChainEndpoint(String datacenter) {
    this.datacenter = datacenter;
  }

  /** As the entries say. */
  public Answer get(Call call, View view) {
    call.rest("Missing chain name");
    return answer(call, view, Overrides.NONE);
  }

  /** As the entries say, but for what the body says. */
  public Answer post(Call call, View view) {
    call.rest("Missing chain name");
    ChainOverrides.Builder body = ChainOverrides.newBuilder();
    try {
      MessageJson.readWeakly(call.body(), body);
    } catch (JsonProblem e) {
      throw HttpProblem.badRequest(UNDECODED + e.located());
    }
    String mode = body.getOverrideMeshGateway().getMode();
    if (!MODES.contains(mode)) {
      throw HttpProblem.badRequest("Invalid OverrideMeshGateway.Mode parameter");
    }
    Duration timeout = body.getOverrideConnectTimeout();
    boolean isTimeout = timeout.getSeconds() >= 0 && timeout.getNanos() >= 0;
    return answer(
        call,
        view,
        new Overrides(
            body.getOverrideProtocol(), mode, isTimeout ? timeout : Duration.getDefaultInstance()));
  }

  private Answer answer(Call call, View view, Overrides overrides) {
    String wanted = call.parameters().first("compile-dc");
    String trustDomain =
        new Ca(view)
            .trustDomain()
            .orElseThrow(() -> HttpProblem.internal("no cluster trust domain setup"));
    CompiledChain chain =
        ChainCompiler.compile(
                view,
                new ChainRequest(
                    call.rest(), wanted.isEmpty() ? datacenter : wanted, trustDomain, overrides))
            .chain();
    return Answer.json(out -> out.beginObject().field("Chain", chain).endObject());
  }
}
