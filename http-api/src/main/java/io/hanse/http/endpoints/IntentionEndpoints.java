package io.hanse.http.endpoints;

import io.hanse.fsm.filter.Filter;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteIntention;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteIntention;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.http.endpoints.IntentionNames.Name;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import io.hanse.http.request.Intention;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /v1/connect/intentions}: who may call whom, pair by pair. What is shown and written here
 * are the sources of the {@code service-intentions} config entries.
 */
public final class IntentionEndpoints {
  private static final String CONSUL = "consul";
  private static final String NOT_FOUND = "Intention not found";

  private final Writes writes;
  private final String defaultPolicy;

  /**
   * @param defaultPolicy between services that no intention is about: "allow", "deny", or "" where
   *     nobody has said, which allows
   */
  IntentionEndpoints(Writes writes, String defaultPolicy) {
    this.writes = writes;
    this.defaultPolicy = defaultPolicy;
  }

  public Answer list(Call call, View view) {
    Filter filter = Filters.of(call, Filters.INTENTIONS);
    return Answer.json(filter.of(IntentionViews.of(new IntentionMatcher(view).all())));
  }

  public Answer exact(Call call, View view) {
    Name source = IntentionNames.sourceOrPeer(call.parameters());
    Name destination = IntentionNames.destination(call.parameters());
    return new IntentionMatcher(view)
        .exact(source.peer(), source.service(), destination.service())
        .map(IntentionViews::of)
        .map(Answer::json)
        .orElseGet(() -> Answer.text(404, NOT_FOUND));
  }

  public CompletableFuture<Answer> putExact(Call call) {
    Name source = IntentionNames.source(call.parameters());
    Name destination = IntentionNames.destination(call.parameters());
    Intention body = Bodies.agent(call, Intention.newBuilder()).build();
    LegacyIntentions.refusePeer(body);
    WriteIntention.Builder write =
        WriteIntention.newBuilder()
            .setManner(WriteIntention.Manner.BY_NAME)
            .setDestination(destination.service())
            .putAllMeta(body.getMetaMap())
            .setSource(
                SourceIntention.newBuilder()
                    .setName(source.service())
                    .setAction(body.getAction())
                    .addAllPermissions(body.getPermissionsList())
                    .setType(body.getSourceType())
                    .setDescription(body.getDescription()));
    return writes.answerDone(Command.newBuilder().setWriteIntention(write).build());
  }

  public CompletableFuture<Answer> deleteExact(Call call) {
    Name source = IntentionNames.source(call.parameters());
    Name destination = IntentionNames.destination(call.parameters());
    return writes.answerDone(
        Command.newBuilder()
            .setDeleteIntention(
                DeleteIntention.newBuilder()
                    .setDestination(destination.service())
                    .setSource(source.service()))
            .build());
  }

  /** Those about each of the names; what nobody has said anything about is null. */
  public Answer match(Call call, View view) {
    Parameters parameters = call.parameters();
    List<String> by = parameters.all("by");
    if (by.size() != 1) {
      throw HttpProblem.internal("required query parameter 'by' not set");
    }
    boolean bySource = by.get(0).equals("source");
    if (!bySource && !by.get(0).equals("destination")) {
      throw HttpProblem.internal("'by' parameter must be one of 'source' or 'destination'");
    }
    List<String> names = parameters.all("name");
    if (names.isEmpty()) {
      throw HttpProblem.internal("required query parameter 'name' not set");
    }
    IntentionMatcher matcher = new IntentionMatcher(view);
    Map<String, List<Intention>> matches = new LinkedHashMap<>();
    for (String text : names) {
      String service = IntentionNames.matched(text).service();
      matches.put(
          text,
          IntentionViews.of(
              bySource ? matcher.forSource(service) : matcher.forDestination(service)));
    }
    return Answer.json(
        out -> {
          out.beginObject();
          matches.forEach(
              (name, found) -> {
                out.key(name);
                if (found.isEmpty()) {
                  out.nothing();
                } else {
                  out.values(found);
                }
              });
          out.endObject();
        });
  }

  /** Whether a service of this cluster may connect; an intention about requests does not say so. */
  public Answer check(Call call, View view) {
    Parameters parameters = call.parameters();
    String type = parameters.has("source-type") ? parameters.first("source-type") : CONSUL;
    IntentionNames.required(parameters, "source");
    IntentionNames.required(parameters, "destination");
    if (!type.equals(CONSUL)) {
      throw HttpProblem.internal("unsupported SourceType: \"" + type + "\"");
    }
    String source = IntentionNames.source(parameters).service();
    String destination = IntentionNames.destination(parameters).service();
    boolean isAllowed =
        new IntentionMatcher(view)
            .decide("", source, destination, !defaultPolicy.equals("deny"))
            .allowed();
    return Answer.json(out -> out.beginObject().field("Allowed", isAllowed).endObject());
  }
}
