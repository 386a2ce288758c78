package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.AutopilotHealth;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ServerHealthState;
import io.hanse.fsm.row.WriteAutopilotConfiguration;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Autopilot;
import io.hanse.fsm.view.Catalog;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** {@code /v1/operator/autopilot}: how the servers are kept in order, and how they are. */
public final class AutopilotEndpoints {
  /** What a cluster says of itself that has lost too much: as of a client that asks too often. */
  private static final int UNHEALTHY = 429;

  private static final Duration PATIENCE = Duration.ofSeconds(7);

  private final Writes writes;
  private final StateReader reader;
  private final LeaderCall leader;

  AutopilotEndpoints(Writes writes, StateReader reader, LeaderCall leader) {
    this.writes = writes;
    this.reader = reader;
    this.leader = leader;
  }

  public Answer configuration(Call call, View view) {
    return Answer.json(new Autopilot(view).configuration());
  }

  /** What the body leaves out is set to its default. */
  public CompletableFuture<Answer> configure(Call call) {
    AutopilotConfiguration configuration =
        Bodies.autopilot(call, Autopilot.DEFAULTS.toBuilder()).clearRaftIndex().build();
    WriteAutopilotConfiguration.Builder write =
        WriteAutopilotConfiguration.newBuilder().setConfiguration(configuration);
    Parameters parameters = call.parameters();
    if (parameters.has("cas")) {
      write.setHasCas(true).setCas(cas(parameters.first("cas")));
    }
    return writes.answerDone(Command.newBuilder().setWriteAutopilotConfiguration(write).build());
  }

  private static long cas(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.badRequest(
          "Error parsing cas value: strconv.ParseUint: parsing \"" + text + "\": invalid syntax");
    }
  }

  public CompletableFuture<Answer> health(Call call) {
    return ask()
        .thenApply(
            health ->
                Answer.json(
                    health.getHealthy() ? 200 : UNHEALTHY,
                    out -> {
                      out.beginObject()
                          .field("Healthy", health.getHealthy())
                          .field("FailureTolerance", health.getFailureTolerance())
                          .key("Servers")
                          .beginArray();
                      health.getServersList().forEach(server -> health(out, server));
                      out.endArray().endObject();
                    }));
  }

  private static void health(JsonWriter out, ServerHealthState server) {
    out.beginObject()
        .field("ID", id(server))
        .field("Name", server.getNode())
        .field("Address", server.getAddress())
        .field("SerfStatus", server.getStatus())
        .field("Version", server.getVersion())
        .field("Leader", server.getLeader())
        .field("LastContact", GoDuration.format(server.getLastContact()))
        .field("LastTerm", server.getLastTerm())
        .field("LastIndex", server.getLastIndex())
        .field("Healthy", server.getHealthy())
        .field("Voter", server.getVoter())
        .field("StableSince", since(server).truncatedTo(ChronoUnit.SECONDS).toString())
        .endObject();
  }

  public CompletableFuture<Answer> state(Call call) {
    return ask()
        .thenApply(
            health -> {
              Map<String, Map<String, String>> meta = new TreeMap<>();
              try (View view = reader.view()) {
                for (ServerHealthState server : health.getServersList()) {
                  new Catalog(view)
                      .node("", server.getNode())
                      .ifPresent(node -> meta.put(server.getNode(), node.getMetaMap()));
                }
              }
              return Answer.json(
                  out ->
                      state(
                          out,
                          health,
                          (to, server) ->
                              state(to, server, meta.getOrDefault(server.getNode(), Map.of()))));
            });
  }

  private static void state(
      JsonWriter out, AutopilotHealth health, BiConsumer<JsonWriter, ServerHealthState> each) {
    out.beginObject()
        .field("Healthy", health.getHealthy())
        .field("FailureTolerance", health.getFailureTolerance())
        .field("OptimisticFailureTolerance", health.getFailureTolerance())
        .key("Servers")
        .beginObject();
    for (ServerHealthState server : health.getServersList()) {
      out.key(id(server));
      each.accept(out, server);
    }
    out.endObject();
    out.field(
        "Leader",
        health.getServersList().stream()
            .filter(ServerHealthState::getLeader)
            .map(AutopilotEndpoints::id)
            .findFirst()
            .orElse(""));
    out.key("Voters")
        .strings(
            health.getServersList().stream()
                .filter(ServerHealthState::getVoter)
                .map(AutopilotEndpoints::id)
                .toList())
        .endObject();
  }

  private static void state(JsonWriter out, ServerHealthState server, Map<String, String> meta) {
    String role = server.getLeader() ? "leader" : server.getVoter() ? "voter" : "non-voter";
    out.beginObject()
        .field("ID", id(server))
        .field("Name", server.getNode())
        .field("Address", server.getAddress())
        .field("NodeStatus", server.getStatus())
        .field("Version", server.getVersion())
        .field("LastContact", GoDuration.format(server.getLastContact()))
        .field("LastTerm", server.getLastTerm())
        .field("LastIndex", server.getLastIndex())
        .field("Healthy", server.getHealthy())
        .field("StableSince", since(server).toString())
        .field("ReadReplica", false)
        .field("Status", role)
        .field("Meta", meta)
        .field("NodeType", "voter")
        .endObject();
  }

  private CompletableFuture<AutopilotHealth> ask() {
    return leader
        .call(Autopilot.HEALTH_CALL, ByteString.EMPTY, PATIENCE)
        .thenApply(AutopilotEndpoints::parse);
  }

  private static AutopilotHealth parse(ByteString answer) {
    try {
      return AutopilotHealth.parseFrom(answer);
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(
          ProblemCode.DECODE_FAILED, "the leader's answer on its servers cannot be read", e);
    }
  }

  /** By Consul's id of the node, as everywhere; by our own of one not known by name yet. */
  private static String id(ServerHealthState server) {
    return server.getNodeId().isEmpty() ? server.getRaftId() : server.getNodeId();
  }

  private static Instant since(ServerHealthState server) {
    Timestamp since = server.getStableSince();
    return Instant.ofEpochSecond(since.getSeconds(), since.getNanos());
  }
}
