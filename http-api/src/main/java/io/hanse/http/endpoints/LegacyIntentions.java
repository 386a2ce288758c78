package io.hanse.http.endpoints;

import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteIntention;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteIntention;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import io.hanse.http.request.Intention;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /v1/connect/intentions} by id, as it was before there were config entries, and as Consul's
 * command line still makes intentions.
 */
public final class LegacyIntentions {
  private static final String CONSUL = "consul";
  private static final int ID_LENGTH = 36;
  private static final int DESCRIPTION_LENGTH_MAX = 512;
  private static final String BAD_ID =
      "failed config entry lookup: index error: UUID must be 36 characters";

  private final Writes writes;
  private final IdSource ids;

  LegacyIntentions(Writes writes, IdSource ids) {
    this.writes = writes;
    this.ids = ids;
  }

  static void refusePeer(Intention intention) {
    if (!intention.getSourcePeer().isEmpty()) {
      throw HttpProblem.internal(
          "SourcePeer field is not supported on this endpoint. Use config entries instead");
    }
  }

  public Answer get(Call call, View view) {
    if (call.rest().length() != ID_LENGTH) {
      throw HttpProblem.badRequest(BAD_ID);
    }
    return new IntentionMatcher(view)
        .byId(call.rest())
        .map(IntentionViews::of)
        .map(Answer::json)
        .orElseGet(() -> Answer.text(404, "Intention not found"));
  }

  public CompletableFuture<Answer> create(Call call) {
    Intention body = read(call);
    requireOnly("SourcePartition", body.getSourcePartition(), "Partitions");
    requireOnly("DestinationPartition", body.getDestinationPartition(), "Partitions");
    requireOnly("SourceNS", body.getSourceNs(), "Namespaces");
    requireOnly("DestinationNS", body.getDestinationNs(), "Namespaces");
    refusePeer(body);
    if (!body.getId().isEmpty()) {
      throw HttpProblem.internal("ID must be empty when creating a new intention");
    }
    requireSound(body);
    return write(body, WriteIntention.Manner.CREATE, ids.uuid());
  }

  private static Intention read(Call call) {
    try {
      return MessageJson.read(call.body(), Intention.newBuilder()).build();
    } catch (JsonProblem e) {
      throw HttpProblem.internal("Failed to decode request body: " + e.getMessage());
    }
  }

  public CompletableFuture<Answer> update(Call call) {
    Intention body = Bodies.agent(call, Intention.newBuilder()).build();
    refusePartition("destination", body.getDestinationPartition());
    refusePartition("source", body.getSourcePartition());
    refusePeer(body);
    requireId(call);
    requireSound(body);
    return write(body, WriteIntention.Manner.BY_ID, call.rest());
  }

  public CompletableFuture<Answer> delete(Call call) {
    requireId(call);
    return writes.answerDone(
        Command.newBuilder()
            .setDeleteIntention(DeleteIntention.newBuilder().setId(call.rest()))
            .build());
  }

  private CompletableFuture<Answer> write(Intention body, WriteIntention.Manner manner, String id) {
    WriteIntention.Builder write =
        WriteIntention.newBuilder()
            .setManner(manner)
            .setDestination(body.getDestinationName())
            .setSource(
                SourceIntention.newBuilder()
                    .setName(body.getSourceName())
                    .setAction(body.getAction())
                    .setType(CONSUL)
                    .setDescription(body.getDescription())
                    .setLegacyId(id)
                    .putAllLegacyMeta(body.getMetaMap()));
    return writes
        .submit(Command.newBuilder().setWriteIntention(write).build())
        .thenApply(result -> Answer.json(out -> out.beginObject().field("ID", id).endObject()));
  }

  private static void requireId(Call call) {
    if (call.rest().length() != ID_LENGTH) {
      throw HttpProblem.internal("Intention lookup failed: " + BAD_ID);
    }
  }

  private static void requireOnly(String field, String name, String feature) {
    IntentionNames.foreign(name)
        .ifPresent(
            other -> {
              throw HttpProblem.badRequest(
                  "Invalid "
                      + field
                      + "("
                      + other
                      + "): "
                      + feature
                      + " is a Consul Enterprise feature");
            });
  }

  private static void refusePartition(String end, String name) {
    IntentionNames.foreign(name)
        .ifPresent(
            other -> {
              throw HttpProblem.badRequest(
                  "Cannot specify a " + end + " partition with this endpoint");
            });
  }

  /** What can be seen to be wrong without the other intentions; all of it at once. */
  private static void requireSound(Intention intention) {
    List<String> flaws = new ArrayList<>();
    requireName("SourceName", intention.getSourceName(), flaws);
    requireName("DestinationName", intention.getDestinationName(), flaws);
    if (intention.getDescription().length() > DESCRIPTION_LENGTH_MAX) {
      flaws.add("Description exceeds maximum length " + DESCRIPTION_LENGTH_MAX);
    }
    if (!List.of("allow", "deny").contains(intention.getAction())) {
      flaws.add("Action must be set to 'allow' or 'deny'");
    }
    if (intention.getPermissionsCount() > 0) {
      flaws.add("Permissions must not be set when using the legacy APIs");
    }
    if (!List.of("", CONSUL).contains(intention.getSourceType())) {
      flaws.add("SourceType must be set to 'consul'");
    }
    if (!flaws.isEmpty()) {
      throw HttpProblem.internal(Bodies.all(flaws));
    }
  }

  private static void requireName(String field, String name, List<String> flaws) {
    if (name.isEmpty()) {
      flaws.add(field + " must be set");
    } else if (!name.equals("*") && name.contains("*")) {
      flaws.add(field + ": wildcard character '*' cannot be used with partial values");
    }
  }
}
