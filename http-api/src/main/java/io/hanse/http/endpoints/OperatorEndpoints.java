package io.hanse.http.endpoints;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.HostPort;
import io.hanse.fsm.view.Servers;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/status} and {@code /v1/operator/raft}: the servers and who leads. */
public final class OperatorEndpoints {
  private final StateReader reader;
  private final Leadership leadership;
  private final Membership membership;

  OperatorEndpoints(StateReader reader, Leadership leadership, Membership membership) {
    this.reader = reader;
    this.leadership = leadership;
    this.membership = membership;
  }

  /** What this server knows; "" while there is no leader. */
  public CompletableFuture<Answer> leader(Call call) {
    String address =
        leadership
            .standing()
            .leader()
            .map(raftId -> servers().get(raftId))
            .map(OperatorEndpoints::address)
            .orElse("");
    return CompletableFuture.completedFuture(Answer.json(address));
  }

  public CompletableFuture<Answer> peers(Call call) {
    Map<String, Server> servers = servers();
    List<String> addresses =
        membership.knownMembers().stream()
            .map(member -> servers.get(member.raftId()))
            .filter(server -> server != null)
            .map(OperatorEndpoints::address)
            .toList();
    return CompletableFuture.completedFuture(Answer.json(out -> out.strings(addresses)));
  }

  public CompletableFuture<Answer> configuration(Call call) {
    CompletableFuture<List<Membership.Member>> members =
        call.parameters().has("stale")
            ? CompletableFuture.completedFuture(membership.knownMembers())
            : membership.members();
    return members.thenApply(
        known -> {
          Map<String, Server> servers = servers();
          return Answer.json(out -> configuration(out, known, servers));
        });
  }

  private static void configuration(
      JsonWriter out, Collection<Membership.Member> members, Map<String, Server> servers) {
    out.beginObject().key("Servers").beginArray();
    for (Membership.Member member : members) {
      Server server = servers.getOrDefault(member.raftId(), Server.getDefaultInstance());
      boolean isKnown = !server.getNode().isEmpty();
      out.beginObject()
          .field("ID", isKnown ? server.getNodeId() : member.raftId())
          .field("Node", isKnown ? server.getNode() : "(unknown)")
          .field("Address", isKnown ? address(server) : "")
          .field("Leader", member.leader())
          .field("ProtocolVersion", "3")
          .field("Voter", member.voter())
          .field("LastIndex", member.lastIndex())
          .endObject();
    }
    out.endArray().field("Index", 0).endObject();
  }

  public CompletableFuture<Answer> transferLeader(Call call) {
    String id = call.parameters().first("id");
    Optional<String> target = id.isEmpty() ? Optional.empty() : raftIdOf(id);
    if (!id.isEmpty() && target.isEmpty()) {
      throw HttpProblem.internal("Could not find address for server id " + id);
    }
    if (membership.knownMembers().stream().filter(Membership.Member::voter).count() < 2) {
      throw HttpProblem.internal("cannot find peer");
    }
    return membership
        .transferLeadership(target)
        .thenApply(
            done -> Answer.json(out -> out.beginObject().field("Success", true).endObject()));
  }

  public CompletableFuture<Answer> removePeer(Call call) {
    String id = call.parameters().first("id");
    String address = call.parameters().first("address");
    if (id.isEmpty() && address.isEmpty()) {
      throw HttpProblem.badRequest(
          "Must specify either ?id with the server's ID or ?address with IP:port of peer to"
              + " remove");
    }
    if (!id.isEmpty() && !address.isEmpty()) {
      throw HttpProblem.badRequest("Must specify only one of ?id or ?address");
    }
    String raftId =
        (id.isEmpty() ? raftIdAt(address) : raftIdOf(id))
            .orElseThrow(
                () ->
                    HttpProblem.internal(
                        (id.isEmpty() ? "address \"" + address : "id \"" + id)
                            + "\" was not found in the Raft configuration"));
    return membership.remove(raftId).thenApply(done -> Answer.ok());
  }

  /** By Consul's id of the node, or by our own of the server. */
  private Optional<String> raftIdOf(String id) {
    return servers().values().stream()
        .filter(server -> server.getNodeId().equals(id) || server.getRaftId().equals(id))
        .map(Server::getRaftId)
        .findFirst();
  }

  private Optional<String> raftIdAt(String address) {
    return servers().values().stream()
        .filter(server -> address(server).equals(address))
        .map(Server::getRaftId)
        .findFirst();
  }

  private Map<String, Server> servers() {
    Map<String, Server> byRaftId = new TreeMap<>();
    try (View view = reader.view()) {
      new Servers(view).all().forEach(server -> byRaftId.put(server.getRaftId(), server));
    }
    return byRaftId;
  }

  static String address(Server server) {
    return HostPort.joined(server.getAddress(), server.getServerPort());
  }
}
