package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import io.hanse.cli.value.Value;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "raft",
    customSynopsis = "<subcommand> [options]",
    description = "Looks at and changes the group of servers that replicates the state.")
public final class OperatorRaftCommands {
  private final Session session;

  public OperatorRaftCommands(Session session) {
    this.session = session;
  }

  @Command(name = "list-peers", description = "Lists the servers of the group.")
  int listPeers(@Mixin ServerFlags server) {
    List<Value> servers =
        during(
                "Error getting peers",
                () ->
                    server
                        .client(session)
                        .get("/v1/operator/raft/configuration")
                        .orFail()
                        .json()
                        .at("Servers"))
            .items();
    // Without a leader nobody knows; one that was asked later may seem to be ahead.
    long newest =
        servers.stream()
            .filter(peer -> peer.at("Leader").truth())
            .mapToLong(peer -> peer.at("LastIndex").whole())
            .findFirst()
            .orElse(0);
    Table table =
        new Table(
            "Node",
            "ID",
            "Address",
            "State",
            "Voter",
            "RaftProtocol",
            "Commit Index",
            "Trails Leader By");
    for (Value peer : servers) {
      boolean leader = peer.at("Leader").truth();
      String protocol = peer.at("ProtocolVersion").text();
      table.row(
          peer.at("Node").text(),
          peer.at("ID").text(),
          peer.at("Address").text(),
          leader ? "leader" : "follower",
          String.valueOf(peer.at("Voter").truth()),
          protocol.isEmpty() ? "<=1" : protocol,
          peer.at("LastIndex").text(),
          leader || newest == 0
              ? "-"
              : commits(Math.max(0, newest - peer.at("LastIndex").whole())));
    }
    session.out().print(table.text());
    return 0;
  }

  private static String commits(long count) {
    return count == 1 ? "1 commit" : count + " commits";
  }

  @Command(name = "transfer-leader", description = "Makes another server the leader.")
  int transferLeader(
      @Mixin ServerFlags server,
      @Option(
              names = "-id",
              defaultValue = "",
              paramLabel = "<id>",
              description = "Which one; any without.")
          String id) {
    Request request = Request.post("/v1/operator/raft/transfer-leader").withUnlessEmpty("id", id);
    try {
      server.client(session).send(request).orFail();
    } catch (ApiException e) {
      // Without a colon before the reason, as scripts know it.
      throw new CommandFailure(
          "Error transfering leadership: Failed to transfer leadership " + e.getMessage());
    }
    session.print("Success");
    return 0;
  }

  @Command(name = "remove-peer", description = "Removes a server that will not come back.")
  int removePeer(
      @Mixin ServerFlags server,
      @Option(
              names = "-address",
              defaultValue = "",
              paramLabel = "<address>",
              description = "Its address, ip:port.")
          String address,
      @Option(names = "-id", defaultValue = "", paramLabel = "<id>", description = "Its id.")
          String id) {
    String failed = "Error removing peer";
    if (address.isEmpty() && id.isEmpty()) {
      throw new CommandFailure(failed + ": an address or id is required for the peer to remove");
    }
    if (!address.isEmpty() && !id.isEmpty()) {
      throw new CommandFailure(failed + ": cannot give both an address and id");
    }
    Request request =
        Request.delete("/v1/operator/raft/peer")
            .withUnlessEmpty("address", address)
            .withUnlessEmpty("id", id);
    during(failed, () -> server.client(session).send(request).orFail());
    session.print(
        id.isEmpty()
            ? "Removed peer with address \"" + address + "\""
            : "Removed peer with id \"" + id + "\"");
    return 0;
  }
}
