package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.fsm.view.IntentionMatcher.Decision;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.request.AuthorizeRequest;
import io.hanse.identity.SpiffeId;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code /v1/connect}: this cluster's authority, and who may connect to whom. */
public final class ConnectEndpoints {
  private final String defaultPolicy;

  /**
   * @param defaultPolicy between services that no intention is about: "allow", "deny", or "" where
   *     nobody has said, which allows
   */
  ConnectEndpoints(String defaultPolicy) {
    this.defaultPolicy = defaultPolicy;
  }

  public Answer roots(Call call, View view) {
    boolean isPem =
        !call.parameters().first("pem").isEmpty()
            && call.parameters()
                .truth("pem")
                .orElseThrow(
                    () ->
                        HttpProblem.badRequest(
                            "The 'pem' query parameter must be a boolean value"));
    if (isPem) {
      String chain =
          new Ca(view).roots().stream().map(CaRoot::getRootCert).collect(Collectors.joining());
      return Answer.raw("application/pem-certificate-chain", ByteString.copyFromUtf8(chain))
          .withoutMetadata();
    }
    return agentRoots(call, view);
  }

  /** The agent knows of no other form. */
  public Answer agentRoots(Call call, View view) {
    Ca ca = new Ca(view);
    List<CaRoot> roots = ca.roots();
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

  /**
   * Decides on a connection. Trust domains are not compared, as Consul does not either: whoever
   * asks has verified the certificate.
   */
  public Answer authorize(Call call, View view) {
    AuthorizeRequest request = Bodies.agent(call, AuthorizeRequest.newBuilder()).build();
    if (request.getTarget().isEmpty()) {
      throw HttpProblem.badRequest("Target service must be specified");
    }
    SpiffeId client = clientOf(request);
    if (client.kind() != SpiffeId.Kind.SERVICE) {
      throw HttpProblem.badRequest("ClientCertURI not a valid Service identifier");
    }
    boolean isAllowedByDefault = !defaultPolicy.equals("deny");
    Decision decision =
        new IntentionMatcher(view)
            .decide("", client.name(), request.getTarget(), isAllowedByDefault);
    String reason =
        decision
            .decidedBy()
            .map(intention -> reason(intention, decision.destination()))
            .orElse(
                defaultPolicy.isEmpty()
                    ? "Default behavior configured by ACLs"
                    : "Default intention policy");
    return Answer.json(
        out ->
            out.beginObject()
                .field("Authorized", decision.allowed())
                .field("Reason", reason)
                .endObject());
  }

  private static SpiffeId clientOf(AuthorizeRequest request) {
    try {
      return SpiffeId.parse(request.getClientCertUri());
    } catch (ProblemException e) {
      throw HttpProblem.badRequest("ClientCertURI not a valid Connect identifier");
    }
  }

  private static String reason(SourceIntention intention, String destination) {
    String pair = "default/" + intention.getName() + " => default/" + destination;
    return intention.getPermissionsCount() > 0
        ? String.format(
            "Matched L7 intention: %s (Precedence: %d, Permissions: %d)",
            pair, intention.getPrecedence(), intention.getPermissionsCount())
        : String.format(
            "Matched L4 intention: %s (Precedence: %d, Action: %s)",
            pair, intention.getPrecedence(), intention.getAction().toUpperCase(Locale.ROOT));
  }
}
