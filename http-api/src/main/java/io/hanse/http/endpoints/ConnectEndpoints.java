package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /v1/connect/ca}: the roots of this cluster's authority and how it is configured. */
public final class ConnectEndpoints {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("", "0", "f", "F", "FALSE", "false", "False");

  ConnectEndpoints() {}

  public Answer roots(Call call, View view) {
    String pem = call.parameters().first("pem");
    if (!TRUE.contains(pem) && !FALSE.contains(pem)) {
      throw HttpProblem.badRequest("The 'pem' query parameter must be a boolean value");
    }
    Ca ca = new Ca(view);
    List<CaRoot> roots = ca.roots();
    if (TRUE.contains(pem)) {
      String chain = roots.stream().map(CaRoot::getRootCert).collect(Collectors.joining());
      return Answer.raw("application/pem-certificate-chain", ByteString.copyFromUtf8(chain));
    }
    String active = ca.activeRoot().map(CaRoot::getId).orElse("");
    String trustDomain = ca.trustDomain().orElse("");
    return Answer.json(
        out ->
            out.beginObject()
                .field("ActiveRootID", active)
                .field("TrustDomain", trustDomain)
                .key("Roots")
                .values(roots)
                .endObject());
  }

  public Answer configuration(Call call, View view) {
    CaConfiguration configuration =
        new Ca(view)
            .configuration()
            .orElseThrow(() -> HttpProblem.internal("CA has not finished initializing"));
    return Answer.json(configuration);
  }
}
